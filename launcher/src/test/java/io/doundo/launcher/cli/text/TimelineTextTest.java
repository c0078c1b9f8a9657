package io.doundo.launcher.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.text.Terminal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TimelineTextTest {

  private final Terminal plain = new Terminal(false);

  @Test
  void aStepThatIsTriedForADayIsFolded() {
    List<JsonNode> entries = new ArrayList<>();
    entries.add(entry("FLOW_STARTED", null, null));
    entries.add(entry("STEP_STARTED", "reserve", "DO"));
    entries.add(entry("STEP_SUCCESS", "reserve", "DO"));
    for (int i = 0; i < 1_409; i++) {
      entries.add(entry("STEP_FAILED", "reserve", "UNDO"));
    }
    entries.add(entry("FLOW_PARKED", null, null));

    List<String> lines = new TimelineText(entries, plain).folded();

    assertThat(lines).hasSize(3 + 4 + 1 + 4 + 1);
    assertThat(lines.get(7))
        .matches("  … 1401 more about reserve UNDO, the last at 2026-01-31 .*:00.000\\S+ …");
    assertThat(lines.get(0)).contains("FLOW_STARTED");
    assertThat(lines.get(12)).contains("FLOW_PARKED");
    assertThat(new TimelineText(entries, plain).inFull()).hasSize(1_413);
  }

  @Test
  void whatIsLongForOtherReasonsKeepsItsEnds() {
    List<JsonNode> entries = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      entries.add(entry("STEP_SUCCESS", "step" + i, "DO"));
    }

    List<String> lines = new TimelineText(entries, plain).folded();

    assertThat(lines).hasSize(121);
    assertThat(lines.get(0)).contains("step0 ");
    assertThat(lines.get(60)).isEqualTo("  … 280 more lines …");
    assertThat(lines.get(120)).contains("step399 ");
  }

  @Test
  void shortTextsAreShownWhole() {
    List<JsonNode> entries = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      entries.add(entry("STEP_FAILED", "reserve", "DO"));
    }

    TimelineText timeline = new TimelineText(entries, plain);

    assertThat(timeline.folded()).isEqualTo(timeline.inFull());
  }

  private static JsonNode entry(String type, @Nullable String step, @Nullable String operation) {
    return ServiceJson.MAPPER
        .createObjectNode()
        .put("type", type)
        .put("step", step)
        .put("operation", operation)
        .put("timestamp", "2026-01-31T12:00:00Z");
  }
}
