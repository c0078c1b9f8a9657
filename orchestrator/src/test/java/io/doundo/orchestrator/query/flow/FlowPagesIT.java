package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of 100,000 flows, read from real topics, page after page to its end. */
@Tag("deep")
@Timeout(600)
class FlowPagesIT {

  private static final Orchestration ONE_STEP = TestDefinitions.chain("order", "pay");
  private static final String CHANGELOG = "flows-changelog";
  private static final int PARTITIONS = 4;
  private static final int FLOWS = 100_000;

  /** Two of every five flows have ended. */
  private static final int CYCLE = 5;

  private static final int ENDED_OF_A_CYCLE = 2;

  @TempDir private Path directory;

  @Test
  void everyFlowIsOnExactlyOnePageNewestFirst() throws Exception {
    try (TestBroker broker = new TestBroker()) {
      broker.create(
          new NewTopic(CHANGELOG, PARTITIONS, (short) 1),
          new NewTopic(Topics.ARCHIVE, PARTITIONS, (short) 1),
          new NewTopic(Topics.DEAD_LETTER, 1, (short) 1));
      try (Producer<byte[], byte[]> producer = producer(broker);
          ReaderPool readers =
              new ReaderPool(new ReadConsumers(broker.bootstrap(), Map.of()), "test-reader");
          FlowIndex index = index(broker, readers)) {
        long now = System.currentTimeMillis();
        long first = now - FLOWS;
        List<Future<RecordMetadata>> sent =
            IntStream.range(0, FLOWS)
                .mapToObj(number -> write(producer, number, first + number))
                .toList();
        producer.flush();
        for (Future<RecordMetadata> record : sent) {
          record.get();
        }
        index.start();
        await().atMost(Duration.ofMinutes(2)).until(index::caughtUp);
        DefinitionLookup lookup = new TestLookup(ONE_STEP);
        FlowSearch search =
            new FlowSearch(
                index.columns(),
                index.minutes(),
                index::state,
                new FlowViews(lookup),
                lookup,
                jobId -> {
                  throw new FlowSets.UnknownJobException(jobId);
                });

        List<FlowSummary> all = pages(search, Set.of());
        List<FlowSummary> ended = pages(search, Set.of(FlowStatus.COMPLETED));

        assertThat(all.stream().map(FlowSummary::flowId).toList())
            .isEqualTo(
                IntStream.range(0, FLOWS).mapToObj(number -> flowId(FLOWS - 1 - number)).toList());
        assertThat(ended).hasSize(FLOWS / CYCLE * ENDED_OF_A_CYCLE);
        assertThat(ended).allMatch(flow -> flow.completedAt() != null);
        assertThat(index.overflowed()).isFalse();
      }
    }
  }

  private static List<FlowSummary> pages(FlowSearch search, Set<FlowStatus> statuses) {
    List<FlowSummary> all = new ArrayList<>();
    FlowCursor cursor = null;
    do {
      FlowPage page = search.find(query(statuses, cursor));
      assertThat(page.complete()).isTrue();
      all.addAll(page.flows());
      String next = page.nextCursor();
      cursor = next == null ? null : FlowCursor.decode(next).orElseThrow();
    } while (cursor != null);
    return all;
  }

  private static FlowQuery query(Set<FlowStatus> statuses, @Nullable FlowCursor cursor) {
    return FlowQuery.of(FlowCriteria.in(statuses), FlowQuery.MAX_LIMIT).from(cursor);
  }

  private static Future<RecordMetadata> write(
      Producer<byte[], byte[]> producer, int number, long startedAt) {
    String flowId = flowId(number);
    Flow flow = Flow.started(ONE_STEP, flowId, startedAt);
    boolean ended = number % CYCLE < ENDED_OF_A_CYCLE;
    byte[] value =
        ended
            ? FlowBytes.ended(flow.succeeded("pay", startedAt).state())
            : FlowBytes.live(flow.state());
    return producer.send(
        new ProducerRecord<>(
            ended ? Topics.ARCHIVE : CHANGELOG,
            number % PARTITIONS,
            flowId.getBytes(UTF_8),
            value));
  }

  private static String flowId(int number) {
    return "flow-%06d".formatted(number);
  }

  private static Producer<byte[], byte[]> producer(TestBroker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrap()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private FlowIndex index(TestBroker broker, ReaderPool readers) {
    return new FlowIndex(
        new ReadConsumers(broker.bootstrap(), Map.of()),
        readers,
        CHANGELOG,
        new FlowIndex.Settings(FLOWS, Duration.ofDays(1), directory),
        new TestLookup(ONE_STEP),
        new TestTopicFacts(),
        new FlowIndex.Listener() {
          @Override
          public void onUnreadable() {
            throw new AssertionError("all records can be read");
          }

          @Override
          public void onSnapshotFailed() {
            throw new AssertionError("the file can be written");
          }
        });
  }
}
