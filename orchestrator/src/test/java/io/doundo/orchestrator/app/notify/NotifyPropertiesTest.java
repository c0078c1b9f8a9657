package io.doundo.orchestrator.app.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.delivery.Notifier;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.Health;

/** The settings of notifications as an operator writes them, and their health. */
class NotifyPropertiesTest {

  private static NotifyProperties read(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    settings.forEach((name, value) -> all.put("doundo.notify." + name, value));
    return new Binder(new MapConfigurationPropertySource(all))
        .bindOrCreate("doundo.notify", NotifyProperties.class);
  }

  @Test
  void withoutSettingsNobodyIsToldOfAllOrchestrationsAndThereAreTheDefaults() {
    NotifyProperties defaults = read(Map.of());

    assertThat(defaults.enabled()).isTrue();
    assertThat(defaults.ofAll()).isEmpty();
    assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.settings().rules().giveUpAfter()).isEqualTo(Duration.ofHours(24));
    assertThat(defaults.settings().mostPending()).isEqualTo(20_000);
    assertThat(defaults.settings().mostPendingBytes()).isEqualTo(64L * 1024 * 1024);
  }

  @Test
  void aReceiverHasTheNameOfItsConnectionUnlessItHasItsOwn() {
    assertThat(
            read(Map.of(
                    "receivers[0].on", "PARKED,incident",
                    "receivers[0].connection", "ops",
                    "receivers[1].name", "late",
                    "receivers[1].on", "UNDONE",
                    "receivers[1].connection", "ops",
                    "receivers[1].url", "/late",
                    "receivers[1].when", "event.step == 'pay'",
                    "receivers[1].body", "{\"text\": \"{{ event.flowId }}\"}"))
                .ofAll())
        .containsExactly(
            new Receiver("ops", List.of(Occasion.PARKED, Occasion.INCIDENT), "ops", "", null, null),
            new Receiver(
                "late",
                List.of(Occasion.UNDONE),
                "ops",
                "/late",
                "event.step == 'pay'",
                "{\"text\": \"{{ event.flowId }}\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout|2m|timeout must be 100ms to 1m",
        "give-up-after|7d|give-up-after must be 1s to 6d",
        "at-once|0|at-once must be 1 to 1000",
        "max-pending|0|max-pending must be 1 to 100000",
        "max-pending-bytes|1KB|max-pending-bytes must be 1MB to 1GB",
        "history|0|history must be 1 to 100000",
        "receivers[0].on|PARKED|connection is missing",
        "receivers[0].connection|ops|on of ops is missing",
      })
  void aWrongValueIsNamed(String setting, String value, String problem) {
    assertThatThrownBy(() -> read(Map.of(setting, value))).hasStackTraceContaining(problem);
  }

  @Test
  void aWrongReceiverIsNamed() {
    Map<String, String> good =
        Map.of("receivers[0].on", "PARKED", "receivers[0].connection", "ops");

    assertThatThrownBy(() -> read(with(good, "receivers[0].name", "a.b")))
        .hasStackTraceContaining("receivers[].name \"a.b\"");
    assertThatThrownBy(() -> read(with(good, "receivers[0].url", "hooks")))
        .hasStackTraceContaining("must begin with a slash");
    assertThatThrownBy(() -> read(with(good, "receivers[0].body", "{")))
        .hasStackTraceContaining("body of ops is no JSON");
    assertThatThrownBy(
            () ->
                read(
                    with(
                        with(good, "receivers[1].on", "UNDONE"), "receivers[1].connection", "ops")))
        .hasStackTraceContaining("two of the name ops");
  }

  private static Map<String, String> with(Map<String, String> settings, String name, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(name, value);
    return more;
  }

  @Test
  void theHealthNamesTheReceiversThatFailAndStaysUp() {
    Health health =
        NotifyHealthIndicator.health(
            new Notifier.Standing(
                Map.of("ops/hooks", "connection refused"), Map.of("order/shop", "body: …"), null));

    assertThat(health.getStatus().getCode()).isEqualTo("UP");
    assertThat(health.getDetails())
        .containsEntry("failing", Map.of("ops/hooks", "connection refused"))
        .containsEntry("unusable", Map.of("order/shop", "body: …"))
        .doesNotContainKey("failure");
  }

  @Test
  void theHealthIsDownWhileTheNotifierItselfFails() {
    Health health = NotifyHealthIndicator.health(new Notifier.Standing(Map.of(), Map.of(), "gone"));

    assertThat(health.getStatus().getCode()).isEqualTo("DOWN");
    assertThat(health.getDetails()).containsEntry("failure", "gone");
  }
}
