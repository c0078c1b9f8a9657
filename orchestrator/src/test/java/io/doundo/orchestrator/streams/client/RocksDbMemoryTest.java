package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.state.StoreNames;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;

class RocksDbMemoryTest {

  private static Options configured(String store) {
    Options options = new Options();
    options.setTableFormatConfig(new BlockBasedTableConfig());
    new RocksDbMemory().setConfig(store, options, Map.of(RocksDbMemory.CACHE_BYTES, 1L << 20));
    return options;
  }

  @Test
  void onlyTheStoreThatEveryStartAsksInVainHasFiltersOfItsBuffers() {
    try (Options flows = configured(StoreNames.FLOWS);
        Options stubs = configured(StoreNames.STUBS)) {
      assertThat(flows.memtableWholeKeyFiltering()).isTrue();
      assertThat(flows.memtablePrefixBloomSizeRatio()).isEqualTo(0.01);
      assertThat(stubs.memtableWholeKeyFiltering()).isFalse();
      assertThat(stubs.memtablePrefixBloomSizeRatio()).isZero();
    }
  }
}
