package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.fuzz.Corpus;
import io.doundo.orchestrator.fuzz.Mutator;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/**
 * Mutated records on every topic that clients write: each is accepted or becomes a dead letter with
 * its reason, the processor survives, and an unrelated flow runs to its end.
 */
class TopologyFuzzTest {

  private static final long SEEDS = Long.getLong("doundo.fuzz.seeds", 20_000) / 10;
  private static final long FROM = Long.getLong("doundo.fuzz.from", 0);
  private static final String FLOW = "good";

  @Test
  void nothingStopsTheProcessorAndNothingGoesUnsaid() {
    try (TopologyDriver driver = new TopologyDriver()) {
      driver.register(chain("order", "one", "two"));
      driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of()));
      long letters = 0;
      for (long seed = FROM; seed < FROM + SEEDS; seed++) {
        letters += send(driver, seed);
      }
      assertThat(letters).isPositive();

      driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of("a", 1)));
      driver.pass(Duration.ofSeconds(1));
      driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", null));
      assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    }
  }

  /** The number of dead letters. */
  private static int send(TopologyDriver driver, long seed) {
    Mutator mutator = new Mutator(seed);
    Map<String, List<byte[]>> topics =
        Map.of(
            Topics.EXECUTION_START, Corpus.starts(),
            Topics.RESPONSE, Corpus.answers(),
            Topics.CONTROL, Corpus.controls());
    String topic = mutator.one(List.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL));
    byte[] value = mutator.mutated(topics.getOrDefault(topic, List.of()));
    String told =
        "seed " + seed + " on " + topic + ": " + new String(value, StandardCharsets.UTF_8);
    try {
      driver.send(topic, mutator.one(List.of("f", "other", FLOW + "-not")), value, Map.of());
      if (seed % 50 == 0) {
        // Short enough for the good flow's timeout.
        driver.pass(Duration.ofMillis(10));
      }
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(told, e);
    }
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters)
        .as(told)
        .allSatisfy(
            letter ->
                assertThat(TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_REASON))
                    .isNotBlank());
    return letters.size();
  }
}
