package io.doundo.orchestrator.query.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.SnapshotHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static FlowColumns columns() {
    return new FlowColumns(10, Duration.ofDays(1), System::currentTimeMillis, (id, step) -> "step");
  }

  private static void load(SnapshotKeeper keeper) {
    assertThat(keeper.load(columns(), new MinuteCounts(), Map.of(), Map.of())).isEmpty();
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

  /** As an instance writes it that is stopped while it cannot reach the broker. */
  @Test
  void aFileIsAsOldAsWhatWasReadAndNotAsItsWriting() {
    long now = System.currentTimeMillis();
    assertThat(loaded(now - 11 * HOUR)).isPresent();
    assertThat(loaded(now - 13 * HOUR)).isEmpty();
  }

  private Optional<SnapshotHeader> loaded(long asOf) {
    SnapshotKeeper keeper = keeper(24 * HOUR);
    keeper.writeNow(columns(), new MinuteCounts(), Map.of(), Map.of(), asOf);
    return keeper.load(columns(), new MinuteCounts(), Map.of(), Map.of());
  }
}
