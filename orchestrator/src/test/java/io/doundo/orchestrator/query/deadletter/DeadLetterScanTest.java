package io.doundo.orchestrator.query.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.query.deadletter.DeadLetterGroupPage.Group;
import io.doundo.orchestrator.query.deadletter.SeenMarks.Mark;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Finding the newest dead letters in a log held in memory. */
class DeadLetterScanTest {

  private final Map<Integer, List<ConsumerRecord<byte[], byte[]>>> log = new HashMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final SeenMarks seen = new SeenMarks();
  private final DeadLetterViews views = new DeadLetterViews(seen);

  @Test
  void theNewestOfAllPartitionsComeFirst() {
    put(0, 0, 100);
    put(0, 1, 400);
    put(1, 0, 200);
    put(1, 1, 300);
    assertThat(ids(page(3, null))).containsExactly("0-1", "1-1", "1-0");
  }

  @Test
  void offsetsThatNoReaderSeesDoNotCount() {
    put(0, 5, 100);
    // Transaction markers follow it.
    ends.put(0, 40L);
    assertThat(ids(page(1, null))).containsExactly("0-5");
  }

  @Test
  void pagesHaveNoGapOrRepetitionHoweverWrongTheClocks() {
    for (int i = 0; i < 40; i++) {
      // Every third record of partition 0 has a timestamp of long ago.
      put(0, i, i % 3 == 0 ? 10 : 1_000 + i);
      put(1, i, 1_000 + i);
    }
    List<String> seen = new ArrayList<>();
    DeadLetterPage page = page(7, null);
    seen.addAll(ids(page));
    put(1, 40, 5_000);
    while (page.nextCursor() != null) {
      page = page(7, DeadLetterCursor.decode(page.nextCursor()).orElseThrow());
      seen.addAll(ids(page));
    }
    assertThat(seen).hasSize(80).doesNotHaveDuplicates().doesNotContain("1-40");
    assertThat(seen.stream().filter(id -> id.startsWith("0-")).toList())
        .as("in one partition, the later one is newer")
        .startsWith("0-39", "0-38")
        .endsWith("0-1", "0-0");
  }

  @Test
  void longValuesAreCutAndSaySo() {
    put(0, 0, 1, "x".repeat(8_192));
    put(0, 1, 2, "é".repeat(8_193));
    assertThat(page(2, null).deadLetters())
        .extracting(
            DeadLetterView::truncated, view -> view.value().length(), DeadLetterView::valueBytes)
        .containsExactly(tuple(true, 8_192, 16_386), tuple(false, 8_192, 8_192));
  }

  @Test
  void aCursorIsReadAsItWasWritten() {
    DeadLetterCursor cursor = new DeadLetterCursor(Map.of(0, 17L, 11, 0L));
    assertThat(DeadLetterCursor.decode(cursor.encode())).contains(cursor);
    assertThat(DeadLetterCursor.decode("no cursor")).isEmpty();
    assertThat(DeadLetterCursor.decode("")).isEqualTo(Optional.empty());
  }

  @Test
  void filtersPassOverWhatIsNotAskedFor() {
    for (int i = 0; i < 30; i++) {
      put(0, i, 1_000 + i, i % 10 == 0 ? "{\"flowId\":\"f-7\"}" : "value");
      put(1, i, 2_000 + i);
    }
    DeadLetterFilter flow = new DeadLetterFilter(null, null, "f-7", null, null, null, null);
    assertThat(ids(page(flow, 2, null))).containsExactly("0-20", "0-10");
    String next = page(flow, 2, null).nextCursor();
    assertThat(ids(page(flow, 2, DeadLetterCursor.decode(String.valueOf(next)).orElseThrow())))
        .containsExactly("0-0");
    DeadLetterFilter time =
        new DeadLetterFilter(
            null,
            "NO REASON",
            null,
            Instant.ofEpochMilli(1_028),
            Instant.ofEpochMilli(2_002),
            null,
            null);
    assertThat(ids(page(time, 10, null))).containsExactly("1-1", "1-0", "0-29", "0-28");
    DeadLetterFilter topic = new DeadLetterFilter("elsewhere", null, null, null, null, null, null);
    assertThat(ids(page(topic, 5, null))).isEmpty();
  }

  @Test
  void reasonsThatDifferInDetailsAreOneGroup() {
    putWithReason(0, 0, 1, "The flow ord-17 is unknown, at offset 4711");
    putWithReason(0, 1, 2, "The flow ord-17 is unknown, at offset 12");
    putWithReason(1, 0, 3, "The body is not JSON");
    seen.put(new Mark("0-0", true, "kim", 5, Map.of()), 1);

    DeadLetterGroupPage page = groups();
    assertThat(page.groups())
        .extracting(Group::template, Group::count, Group::unseen, Group::sample)
        .containsExactly(
            tuple("the flow ord-<n> is unknown, at offset <n>", 2, 1, "0-1"),
            tuple("the body is not json", 1, 1, "1-0"));
    assertThat(page.groups().get(0).firstAt()).isEqualTo(Instant.ofEpochMilli(1));
    assertThat(page.groups().get(0).lastAt()).isEqualTo(Instant.ofEpochMilli(2));
    assertThat(DeadLetterCursor.decode(page.upTo()).orElseThrow().below())
        .containsExactlyInAnyOrderEntriesOf(Map.of(0, 2L, 1, 1L));

    String fingerprint = page.groups().get(0).fingerprint();
    DeadLetterFilter unseen =
        new DeadLetterFilter(null, null, null, null, null, fingerprint, false);
    assertThat(ids(page(unseen, 5, null))).containsExactly("0-1");
  }

  @Test
  void aSweepBeginsWhereTheTimeBegins() {
    for (int i = 0; i < 20; i++) {
      put(0, i, 1_000 + i);
    }
    List<Long> offsets = new ArrayList<>();
    DeadLetterSweep sweep =
        new DeadLetterSweep(new LogConsumer(), Instant.ofEpochMilli(1_017), Duration.ofMinutes(1));
    assertThat(sweep.run(record -> offsets.add(record.offset())).complete()).isTrue();
    assertThat(offsets).containsExactly(17L, 18L, 19L);
  }

  @Test
  void aVisitorStopsTheSweep() {
    put(0, 0, 1);
    put(0, 1, 2);
    List<Long> offsets = new ArrayList<>();
    new DeadLetterSweep(new LogConsumer(), null, Duration.ofMinutes(1))
        .run(
            record -> {
              offsets.add(record.offset());
              return false;
            });
    assertThat(offsets).containsExactly(0L);
  }

  private DeadLetterGroupPage groups() {
    DeadLetterGroups.Tally tally = new DeadLetterGroups.Tally();
    DeadLetterSweep.Swept swept =
        new DeadLetterSweep(new LogConsumer(), null, Duration.ofMinutes(1))
            .run(
                record -> {
                  tally.add(views.view(record));
                  return true;
                });
    return tally.page(new DeadLetterCursor(swept.ends()).encode(), swept.complete());
  }

  private static List<String> ids(DeadLetterPage page) {
    assertThat(page.complete()).isTrue();
    return page.deadLetters().stream().map(DeadLetterView::id).toList();
  }

  private DeadLetterPage page(int limit, @Nullable DeadLetterCursor cursor) {
    return page(DeadLetterFilter.ALL, limit, cursor);
  }

  private DeadLetterPage page(
      DeadLetterFilter filter, int limit, @Nullable DeadLetterCursor cursor) {
    return new DeadLetterScan(
            new LogConsumer(), views, filter, limit, cursor, Duration.ofMinutes(1))
        .run();
  }

  private void put(int partition, long offset, long at) {
    put(partition, offset, at, "value");
  }

  private void putWithReason(int partition, long offset, long at, String reason) {
    put(partition, offset, at, "value");
    List<ConsumerRecord<byte[], byte[]>> records = log.getOrDefault(partition, List.of());
    records
        .get(records.size() - 1)
        .headers()
        .add("dead-letter-reason", reason.getBytes(StandardCharsets.UTF_8));
  }

  private void put(int partition, long offset, long at, String value) {
    log.computeIfAbsent(partition, number -> new ArrayList<>())
        .add(
            new ConsumerRecord<>(
                Topics.DEAD_LETTER,
                partition,
                offset,
                at,
                TimestampType.CREATE_TIME,
                0,
                value.length(),
                "key".getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty()));
    ends.merge(partition, offset + 1, Math::max);
  }

  /** Reads the log one record per poll, and skips offsets without a record. */
  private final class LogConsumer extends MockConsumer<byte[], byte[]> {

    LogConsumer() {
      super("earliest");
      Node node = new Node(0, "localhost", 1);
      updatePartitions(
          Topics.DEAD_LETTER,
          ends.keySet().stream()
              .map(
                  number ->
                      new PartitionInfo(
                          Topics.DEAD_LETTER, number, node, new Node[] {node}, new Node[] {node}))
              .toList());
      ends.forEach(
          (number, end) -> {
            TopicPartition partition = new TopicPartition(Topics.DEAD_LETTER, number);
            updateBeginningOffsets(Map.of(partition, 0L));
            updateEndOffsets(Map.of(partition, end));
          });
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      times.forEach(
          (partition, time) ->
              log.getOrDefault(partition.partition(), List.of()).stream()
                  .filter(record -> record.timestamp() >= time)
                  .findFirst()
                  .ifPresent(
                      record ->
                          found.put(
                              partition,
                              new OffsetAndTimestamp(record.offset(), record.timestamp()))));
      return found;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      TopicPartition partition = assignment().iterator().next();
      long position = position(partition);
      for (ConsumerRecord<byte[], byte[]> record :
          log.getOrDefault(partition.partition(), List.of())) {
        if (record.offset() >= position) {
          seek(partition, record.offset() + 1);
          return new ConsumerRecords<>(Map.of(partition, List.of(record)), Map.of());
        }
      }
      seek(partition, ends.getOrDefault(partition.partition(), 0L));
      return ConsumerRecords.empty();
    }
  }
}
