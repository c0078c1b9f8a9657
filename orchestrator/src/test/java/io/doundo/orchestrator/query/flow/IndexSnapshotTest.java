package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.IndexSnapshot;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.MinuteCounts.Kind;
import io.doundo.orchestrator.query.index.SnapshotHeader;
import io.doundo.orchestrator.query.index.SnapshotHeader.Place;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.protocol.CommandAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index comes back from its file as it was, or not at all. */
class IndexSnapshotTest {

  private static final Orchestration ORDER = TestDefinitions.chain("order", "pay", "ship");
  private static final long NOW = 1_000_000;
  private static final Place LIVE = new Place("changelog", 0);
  private static final SnapshotHeader HEADER =
      new SnapshotHeader(
          "changelog", Map.of("changelog", "id-1"), Map.of(LIVE, 7L), Map.of(LIVE, 6L), NOW);

  @TempDir private Path directory;

  private static FlowColumns columns() {
    return new FlowColumns(
        1_000,
        Duration.ofDays(1),
        () -> NOW,
        (id, index) -> Objects.requireNonNull(ORDER.steps().get(index)).name());
  }

  private static FlowColumns filled() {
    FlowColumns columns = columns();
    for (int i = 0; i < 300; i++) {
      Flow flow = Flow.started(ORDER, "flow-" + i, 1_000 + i);
      if (i % 3 == 0) {
        flow.failed("pay", CommandAction.DO, 2_000 + i);
        columns.putEnded(front(flow), 1, i);
      } else {
        columns.putLive(front(flow.succeeded("pay", 2_000 + i)), 0, i);
      }
    }
    columns.dropArchivedBefore(1, 30);
    return columns;
  }

  private static FlowFront front(Flow flow) {
    return FlowRecords.liveFront(FlowBytes.live(flow.state(), "key")).orElseThrow();
  }

  private static List<FlowRow> rows(FlowColumns columns) {
    List<FlowRow> rows = new ArrayList<>();
    columns.forEach(row -> rows.add(row.copy()));
    return rows;
  }

  @Test
  void everyRowComesBack() throws IOException {
    FlowColumns written = filled();
    MinuteCounts minutes = new MinuteCounts();
    minutes.add(Kind.PARKED, "order", NOW, NOW);
    new IndexSnapshot(directory).write(HEADER, written, minutes.toBytes());

    FlowColumns read = columns();
    MinuteCounts counts = new MinuteCounts();
    assertThat(new IndexSnapshot(directory).read(header -> true, read, counts)).contains(HEADER);

    assertThat(rows(read)).isEqualTo(rows(written));
    assertThat(read.size()).isEqualTo(290);
    assertThat(read.countByStatus()).isEqualTo(written.countByStatus());
    assertThat(counts.last(1, "order", NOW)).isEqualTo(minutes.last(1, "order", NOW));
    assertThat(read.find("flow-0")).isEmpty();
    // The rows that were free are used again, and errors fall into their groups as before.
    written.putEnded(
        front(Flow.started(ORDER, "new", 5).failed("pay", CommandAction.DO, 9)), 1, 99);
    read.putEnded(front(Flow.started(ORDER, "new", 5).failed("pay", CommandAction.DO, 9)), 1, 99);
    assertThat(read.find("new")).isEqualTo(written.find("new"));
    assertThat(read.errorGroups()).isEqualTo(written.errorGroups());
  }

  @Test
  void withoutAFileThereIsNothing() throws IOException {
    assertThat(new IndexSnapshot(directory).read(header -> true, columns(), new MinuteCounts()))
        .isEmpty();
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    IndexSnapshot snapshot = new IndexSnapshot(directory);
    snapshot.write(HEADER, filled(), new MinuteCounts().toBytes());
    byte[] whole = Files.readAllBytes(snapshot.file());
    for (int length : new int[] {0, 7, 100, whole.length - 1}) {
      Files.write(snapshot.file(), Arrays.copyOf(whole, length));
      assertRefused(snapshot);
    }
    byte[] changed = whole.clone();
    changed[whole.length / 2]++;
    Files.write(snapshot.file(), changed);
    assertRefused(snapshot);
  }

  private static void assertRefused(IndexSnapshot snapshot) {
    assertThatThrownBy(() -> snapshot.read(header -> true, columns(), new MinuteCounts()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aFileThatTheTopicsHaveMovedAwayFromIsRefused() {
    Map<Place, Long> start = Map.of(LIVE, 0L);
    Map<Place, Long> end = Map.of(LIVE, 9L);
    Map<String, String> ids = HEADER.topicIds();
    long day = Duration.ofDays(1).toMillis();
    assertThat(HEADER.refusal("changelog", start, end, ids, day, NOW)).isNull();
    assertRefusal(HEADER.refusal("other", start, end, ids, day, NOW), "it was made of");
    assertRefusal(
        HEADER.refusal("changelog", start, end, Map.of("changelog", "id-2"), day, NOW),
        "made anew");
    assertRefusal(
        HEADER.refusal("changelog", Map.of(LIVE, 8L), end, ids, day, NOW), "begins after offset 7");
    assertRefusal(
        HEADER.refusal("changelog", start, Map.of(LIVE, 5L), ids, day, NOW),
        "ends before offset 7");
    assertRefusal(
        HEADER.refusal("changelog", start, end, ids, day, NOW + day / 2 + 1),
        "older than half of the changelog's delete.retention.ms");
    assertRefusal(
        HEADER.refusal(
            "changelog", start, Map.of(LIVE, 9L, new Place("changelog", 1), 0L), ids, day, NOW),
        "other partitions");
  }

  private static void assertRefusal(@Nullable String refusal, String part) {
    Consumer<String> says = text -> assertThat(text).contains(part);
    assertThat(refusal).satisfies(says);
  }
}
