package io.doundo.orchestrator.play;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.CoreJourneyDriver;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerbRowsTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private static Step given(Step s, String input) {
    return new Step(
        s.name(),
        s.seq(),
        s.dependsOn(),
        null,
        new StepData(input, null),
        s.work(),
        s.attempts(),
        s.undoing(),
        s.goesOn(),
        s.pivot());
  }

  /** There is a row for each step, and each computed value would be kept until the last of them. */
  @Test
  void whatCommandsWouldCarryIsNotComputed() {
    Orchestration order = with(chain("order", "a", "b"), "b", step -> given(step, "{\"n\": 1}"));
    driver.register(order);
    driver.start(FLOW, "order", Map.of("order", 7));
    driver.fail(FLOW, driver.takeCommands().get(0), Echo.ATTEMPT, "HTTP 503", null);
    Set<Purpose> computed = EnumSet.noneOf(Purpose.class);

    List<VerbRow> rows =
        VerbTable.of(
            driver.definitionOf(FLOW),
            driver.flow(FLOW),
            driver.now(),
            (definition, state, asked) -> {
              computed.add(asked.purpose());
              return driver.evaluations().of(definition, state, asked);
            });

    assertThat(rows)
        .filteredOn(row -> row.verb() == ControlAction.SKIP && row.allowed())
        .extracting(VerbRow::effect)
        .contains("b is asked to do; a is passed over");
    assertThat(computed).isEmpty();
  }
}
