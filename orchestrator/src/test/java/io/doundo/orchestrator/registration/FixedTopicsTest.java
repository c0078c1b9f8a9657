package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.registration.FixedTopics.Spec;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedTopicsTest {

  private static final String WEEK = String.valueOf(Duration.ofDays(7).toMillis());

  @ParameterizedTest
  @ValueSource(strings = {Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.REKEY})
  void shortCommandTopicsDoNotShortenTheInputs(String topic) {
    Spec spec = spec(topic, Duration.ofHours(1));

    assertThat(spec.configs()).containsEntry("retention.ms", WEEK);
    assertThat(spec.required())
        .as("put right on a topic that exists")
        .containsEntry("retention.ms", WEEK);
  }

  @Test
  void inputsMayBeKeptForLongerAndMustNotBeCompacted() {
    assertThat(Spec.satisfies("retention.ms", "-1", WEEK)).isTrue();
    assertThat(Spec.satisfies("retention.ms", "3600000", WEEK)).isFalse();
    assertThat(spec(Topics.EXECUTION_START, Duration.ofDays(7)).required())
        .containsAllEntriesOf(
            Map.of("cleanup.policy", "delete", "message.timestamp.type", "LogAppendTime"));
  }

  private static Spec spec(String topic, Duration commandRetention) {
    RegistrationSettings defaults = RegistrationSettings.of("localhost:9092");
    RegistrationSettings settings =
        new RegistrationSettings(
            defaults.applicationId(),
            defaults.bootstrapServers(),
            Map.of(),
            defaults.partitions(),
            defaults.stepPartitions(),
            defaults.replicationFactor(),
            defaults.maxRecordBytes(),
            commandRetention,
            defaults.inputRetention(),
            defaults.auditRetention(),
            defaults.archiveRetention(),
            defaults.deadLetterRetention(),
            defaults.patience(),
            defaults.holdUp(),
            defaults.budget());
    return FixedTopics.of(settings).stream()
        .filter(spec -> spec.name().equals(topic))
        .findFirst()
        .orElseThrow();
  }
}
