package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.registration.FixedTopics.Spec;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

  /** Operators who create the topics by hand follow this table. */
  @Test
  void operationsMdListsTheTopicsWithWhatIsRequiredOfThem() throws IOException {
    RegistrationSettings settings = RegistrationSettings.of("localhost:9092");
    List<String> rows = FixedTopics.of(settings).stream().map(spec -> row(spec, settings)).toList();

    assertThat(Files.readAllLines(Path.of("../docs/operations.md")))
        .filteredOn(line -> line.startsWith("| `orchestrator."))
        .isEqualTo(rows);
  }

  private static String row(Spec spec, RegistrationSettings settings) {
    String partitions = spec.partitions() == 1 ? "1" : "`doundo.partitions`";
    String retention = spec.required().get("retention.ms");
    String least =
        retention == null
            ? ""
            : spec.name().equals(Topics.ARCHIVE)
                ? "`doundo.archive-retention` and a day"
                : "`doundo.input-retention`";
    Duration expected =
        spec.name().equals(Topics.ARCHIVE)
            ? settings.archiveRetention().plusDays(1)
            : settings.inputRetention();
    if (retention != null) {
      assertThat(retention).isEqualTo(String.valueOf(expected.toMillis()));
    }
    return row(
        "`" + spec.name() + "`",
        spec.fixed() ? partitions : "any",
        code(spec.required().get("cleanup.policy")),
        code(spec.required().get("message.timestamp.type")),
        least);
  }

  private static String row(String... cells) {
    return "|"
        + Arrays.stream(cells)
            .map(cell -> cell.isEmpty() ? " |" : " " + cell + " |")
            .collect(Collectors.joining());
  }

  private static String code(@Nullable String setting) {
    return setting == null ? "" : "`" + setting + "`";
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
