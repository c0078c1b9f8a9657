package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  @Test
  void everyFlowIsOnExactlyOnePageNewestFirst() throws Exception {
    try (TestBroker broker = new TestBroker()) {
      broker.create(
          new NewTopic(CHANGELOG, PARTITIONS, (short) 1),
          new NewTopic(Topics.ARCHIVE, PARTITIONS, (short) 1),
          new NewTopic(Topics.DEAD_LETTER, 1, (short) 1));
      try (Producer<byte[], byte[]> producer = producer(broker);
          FlowIndex index = index(broker)) {
        long now = System.currentTimeMillis();
        long first = now - FLOWS;
        IntStream.range(0, FLOWS).forEach(number -> write(producer, number, first + number));
        producer.flush();
        index.start();
        await().atMost(Duration.ofMinutes(2)).until(index::caughtUp);
        FlowSearch search = new FlowSearch(index, new FlowViews(new OneDefinition()));

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
    return new FlowQuery(statuses, null, null, null, null, null, null, FlowQuery.MAX_LIMIT, cursor);
  }

  private static void write(Producer<byte[], byte[]> producer, int number, long startedAt) {
    String flowId = flowId(number);
    Flow flow = Flow.started(ONE_STEP, flowId, startedAt);
    boolean ended = number % CYCLE < ENDED_OF_A_CYCLE;
    byte[] value =
        ended
            ? FlowBytes.ended(flow.succeeded("pay", startedAt).state())
            : FlowBytes.live(flow.state());
    Future<?> unused =
        producer.send(
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

  private static FlowIndex index(TestBroker broker) {
    return new FlowIndex(
        new ReadConsumers(broker.bootstrap(), Map.of()),
        CHANGELOG,
        FLOWS,
        Duration.ofDays(1),
        new FlowIndex.Listener() {
          @Override
          public void onUnreadable() {
            throw new AssertionError("all records can be read");
          }
        });
  }

  private static final class OneDefinition implements DefinitionLookup {

    @Override
    public Optional<Orchestration> find(DefinitionId id) {
      return Optional.of(ONE_STEP);
    }

    @Override
    public Optional<Integer> versionOf(DefinitionId id, long startedAt) {
      return Optional.of(1);
    }
  }
}
