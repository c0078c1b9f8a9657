package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.FailStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DoundoPropertiesTest {

  @Test
  void everythingHasADefault() {
    DoundoProperties properties = bind(Map.of());
    assertThat(properties.kafka().bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(properties.stateDir()).hasToString("data/streams");
    assertThat(properties.partitions()).isEqualTo(12);
    assertThat(properties.engine().definitionWait()).isEqualTo(Duration.ofSeconds(60));
    assertThat(properties.api().keys()).isEmpty();
    assertThat(properties.search().enabled()).isTrue();
    assertThat(properties.audit()).isTrue();
  }

  @Test
  void theAuditLogIsSwitchedOffByOneWord() {
    assertThat(bind(Map.of("doundo.audit", "off")).audit()).isFalse();
  }

  @Test
  void thePlaceOfTheTraceIdIsKept() {
    String url = "https://traces.example.org/trace/{traceId}?from=doundo";
    assertThat(bind(Map.of("doundo.console.trace-url", url)).console().traceUrl()).isEqualTo(url);
  }

  @Test
  void clientPropertiesArePassedThroughUnchanged() {
    DoundoProperties properties =
        bind(Map.of("doundo.kafka.properties[security.protocol]", "SASL_SSL"));
    assertThat(properties.kafka().properties()).containsEntry("security.protocol", "SASL_SSL");
  }

  @Test
  void lateEffectsAreRepairedAsLongAsEndedFlowsAreKeptUnlessItIsSaid() {
    DoundoProperties standard = bind(Map.of("doundo.archive-retention", "2d"));
    assertThat(standard.engine().repairWindow(standard.archiveRetention()))
        .isEqualTo(Duration.ofDays(2));
    DoundoProperties said = bind(Map.of("doundo.engine.repair-window", "3h"));
    assertThat(said.engine().repairWindow(said.archiveRetention())).isEqualTo(Duration.ofHours(3));
    assertThat(bind(Map.of("doundo.engine.fail-step", "retry")).engine().failStep())
        .isEqualTo(FailStep.RETRY);
  }

  @ParameterizedTest
  @CsvSource({
    "doundo.partitions, 0, 'doundo.partitions must be 1 to 1000, but is 0'",
    "doundo.replication-factor, 0, doundo.replication-factor must be at least 1",
    "doundo.archive-retention, 0s, doundo.archive-retention must be longer than zero",
    "doundo.input-retention, 6d, doundo.input-retention must be at least 7 days",
    "doundo.step-topics.max-partitions, 0, doundo.step-topics.max-partitions must be at least 1",
    "doundo.engine.repair-window, 0s, doundo.engine.repair-window must be longer than zero",
    "doundo.engine.repair-window, 8d, 'doundo.engine.repair-window is 8 days, longer than the 7 days that'",
    "doundo.kafka.bootstrap-servers, kafka, doundo.kafka.bootstrap-servers must be a list",
    "doundo.engine.threads, 99, doundo.engine.threads must be 1 to 64",
    "doundo.api.secret, short, doundo.api.secret must have at least 32 characters",
    "doundo.api.secret-file, /none, doundo.api.secret-file cannot be read",
    "doundo.advertised-address, here, doundo.advertised-address must look like host:port",
    "doundo.console.trace-url, http://traces/, doundo.console.trace-url must look like",
    "doundo.console.trace-url, javascript:{traceId}, doundo.console.trace-url must look like",
  })
  void aWrongValueIsNamed(String key, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of(key, value))).rootCause().hasMessageStartingWith(message);
  }

  @Test
  void aSecretComesFromAFileAndIsNeverShown(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "s".repeat(40) + '\n');
    DoundoProperties properties = bind(Map.of("doundo.api.secret-file", file.toString()));
    assertThat(properties.api().secret()).isEqualTo("s".repeat(40));
    assertThat(properties.toString()).doesNotContain("sss");
  }

  @Test
  void aKeyInClearTextIsRefusedWithoutRepeatingIt() {
    Map<String, String> key = new HashMap<>();
    key.put("doundo.api.keys[0].name", "alice");
    key.put("doundo.api.keys[0].sha256", "swordfish");
    key.put("doundo.api.keys[0].role", "ADMIN");
    assertThatThrownBy(() -> bind(key))
        .rootCause()
        .hasMessageContaining("64 hexadecimal digits")
        .hasMessageNotContaining("swordfish");
  }

  private static DoundoProperties bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("doundo", DoundoProperties.class);
  }
}
