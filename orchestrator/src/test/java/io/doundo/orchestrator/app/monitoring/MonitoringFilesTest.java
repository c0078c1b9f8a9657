package io.doundo.orchestrator.app.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.monitoring.MonitoringFiles.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The alert rules and the dashboard lead somewhere. */
class MonitoringFilesTest {

  private static final String RUNBOOK = "{{ $externalLabels.doundo_docs }}/operations.md#";
  private static final String CONSOLE = "{{ $externalLabels.doundo_console }}/";

  @Test
  void everyAlertHasASectionThatSaysWhatToDo() throws IOException {
    Set<String> anchors =
        Files.readAllLines(Path.of("../docs/operations.md")).stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
            .collect(Collectors.toSet());
    List<JsonNode> rules = MonitoringFiles.rules();

    assertThat(rules).hasSizeGreaterThan(12);
    for (JsonNode rule : rules) {
      String name = rule.get("alert").stringValue();
      assertThat(rule.at("/labels/severity").stringValue()).as(name).isIn("page", "ticket");
      assertThat(rule.at("/annotations/summary").stringValue()).as(name).isNotBlank();
      String runbook = rule.at("/annotations/runbook_url").stringValue();
      assertThat(runbook).isEqualTo(RUNBOOK + name.toLowerCase(Locale.ROOT));
      assertThat(anchors).contains(runbook.substring(RUNBOOK.length()));
      assertThat(rule.at("/annotations/console_url").stringValue())
          .as(name)
          .matches(
              "\\Q"
                  + CONSOLE
                  + "\\E(flows(\\?.*)?|dead-letters|schedules|breakers|notifications(\\?.*)?|)");
    }
    assertThat(MonitoringFiles.read("prometheus/prometheus.yml"))
        .contains("doundo_console:", "doundo_docs:", "- alerts.yml", "job_name: doundo");
  }

  @Test
  void everyPanelLeadsToTheConsole() {
    int panels = 0;
    for (JsonNode panel : MonitoringFiles.dashboard().get("panels")) {
      if (!panel.get("type").stringValue().equals("row")) {
        panels++;
        assertThat(panel.at("/links/0/url").stringValue()).startsWith("${console}/");
        assertThat(panel.at("/datasource/uid").stringValue()).isEqualTo("${datasource}");
        assertThat(panel.get("targets")).isNotEmpty();
      }
    }
    assertThat(panels).isGreaterThan(15);
  }

  @Test
  void aQueryIsTakenApart() {
    assertThat(
            MonitoringFiles.selectorsOf(
                "sum by (le, step) (rate(a_seconds_bucket{kind=\"x\", n=~\"y|z\"}[5m])) > 5 and on(step) bb == 0"))
        .containsExactlyInAnyOrder(
            new Selector("a_seconds_bucket", Set.of("step", "kind=\"x\"", "n")),
            new Selector("bb", Set.of("step")));
    assertThat(new Selector("a", Set.of("n=\"y\"")).isFoundIn("a{m=\"1\",n=\"y\"} 1.0")).isTrue();
    assertThat(new Selector("a", Set.of("n=\"z\"")).isFoundIn("a{m=\"1\",n=\"y\"} 1.0")).isFalse();
    assertThat(new Selector("a", Set.of()).isFoundIn("ab{m=\"1\"} 1.0")).isFalse();
  }
}
