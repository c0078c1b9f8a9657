package io.doundo.orchestrator.query.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.MinuteCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotKeeperTest {

  private static final long HOUR = Duration.ofHours(1).toMillis();

  @TempDir private Path directory;

  private SnapshotKeeper keeper(long deleteRetentionMs) {
    TopicFacts facts =
        new TopicFacts() {
          @Override
          public Map<String, String> ids(Collection<String> topics) {
            return Map.of();
          }

          @Override
          public long deleteRetentionMs(String topic) {
            return deleteRetentionMs;
          }
        };
    return new SnapshotKeeper(directory, facts, "changelog", List.of("changelog"), () -> {});
  }

  private static void load(SnapshotKeeper keeper) {
    FlowColumns columns =
        new FlowColumns(10, Duration.ofDays(1), System::currentTimeMillis, (id, step) -> "step");
    assertThat(keeper.load(columns, new MinuteCounts(), Map.of(), Map.of())).isEmpty();
  }

  @Test
  void whoeverReadNothingForLongMayHaveMissedThatFlowsEnded() {
    SnapshotKeeper keeper = keeper(24 * HOUR);
    assertThat(keeper.mayHaveMissedEnds(0, 100 * HOUR)).as("before the topic is known").isFalse();
    load(keeper);
    assertThat(keeper.mayHaveMissedEnds(0, 12 * HOUR)).isFalse();
    assertThat(keeper.mayHaveMissedEnds(0, 12 * HOUR + 1)).isTrue();
  }

  @Test
  void aShortGapIsNone() {
    SnapshotKeeper keeper = keeper(1_000);
    load(keeper);
    assertThat(keeper.mayHaveMissedEnds(0, 60_000)).isFalse();
    assertThat(keeper.mayHaveMissedEnds(0, 60_001)).isTrue();
  }
}
