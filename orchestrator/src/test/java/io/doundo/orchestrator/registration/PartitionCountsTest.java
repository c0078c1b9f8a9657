package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.registration.FixedTopics.Spec;
import io.doundo.protocol.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionCountsTest {

  private static final List<Spec> SPECS = FixedTopics.of(RegistrationSettings.of("localhost:9092"));

  @Test
  void rightCountsNeedNoExplanation() {
    assertThat(PartitionCounts.explain(SPECS, counts())).isNull();
  }

  @Test
  void anInstallationWithAnotherPartitionCountIsAskedToConfigureIt() {
    Map<String, Integer> counts = counts();
    counts.replaceAll((topic, count) -> count == 1 ? 1 : 24);

    assertThat(PartitionCounts.explain(SPECS, counts)).endsWith("set doundo.partitions=24");
  }

  @Test
  void aTopicThatWasAlteredCannotBeShrunkAndIsToBeDeletedOnceItIsRead() {
    Map<String, Integer> counts = counts();
    counts.put(Topics.RESPONSE, 24);

    assertThat(PartitionCounts.explain(SPECS, counts))
        .contains(
            "topic orchestrator.response.result has 24 partitions but must have 12",
            "Kafka cannot remove partitions",
            "kafka-topics --delete --topic orchestrator.response.result",
            "its step times out")
        .doesNotContain("doundo.partitions=");
  }

  @Test
  void deletingTheArchiveNeedsConfirmation() {
    Map<String, Integer> counts = counts();
    counts.put(Topics.ARCHIVE, 24);

    assertThat(PartitionCounts.explain(SPECS, counts))
        .contains("Ended flows are in orchestrator.archive: copy its records first");
  }

  private static Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    SPECS.forEach(spec -> counts.put(spec.name(), spec.partitions()));
    return counts;
  }
}
