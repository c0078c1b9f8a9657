package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.state.StoreNames;
import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the memory of all RocksDB stores of the process together: without one shared cache and
 * write-buffer budget it would grow with the number of partitions. Made by Kafka Streams, once per
 * store.
 */
public final class RocksDbMemory implements RocksDBConfigSetter {

  /** The configuration under which the budget is handed on, in bytes. */
  static final String CACHE_BYTES = "doundo.rocksdb.cache.bytes";

  private static final double SHARE_OF_INDEXES = 0.1;

  /** Of a write buffer: 160 KB of the 16 MB that Kafka Streams gives it. */
  private static final double SHARE_OF_FILTER = 0.01;

  private static final Object LOCK = new Object();

  private static @Nullable Cache cache;
  private static @Nullable WriteBufferManager writeBuffers;

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    synchronized (LOCK) {
      if (cache == null) {
        long bytes = budget(configs.get(CACHE_BYTES));
        cache = new LRUCache(bytes, -1, false, SHARE_OF_INDEXES);
        writeBuffers = new WriteBufferManager(bytes / 2, cache);
      }
      BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
      table.setBlockCache(cache);
      table.setCacheIndexAndFilterBlocks(true);
      table.setCacheIndexAndFilterBlocksWithHighPriority(true);
      table.setPinTopLevelIndexAndFilter(true);
      options.setWriteBufferManager(writeBuffers);
      if (storeName.equals(StoreNames.FLOWS)) {
        // Every start asks for a flowId that is not there. Not for all stores: each buffer reserves
        // the room of its filter as it begins.
        options.setMemtablePrefixBloomSizeRatio(SHARE_OF_FILTER);
        options.setMemtableWholeKeyFiltering(true);
      }
      options.setTableFormatConfig(table);
    }
  }

  private static long budget(@Nullable Object configured) {
    if (configured instanceof Number bytes) {
      return bytes.longValue();
    }
    throw new IllegalArgumentException(CACHE_BYTES + " must be a number but is " + configured);
  }

  /** The shared cache outlives each store. */
  @Override
  public void close(String storeName, Options options) {
    // Nothing here belongs to one store.
  }
}
