package io.doundo.history.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A journey's history is really checked: violations by its topics or its worker are found. */
class TopologyHistoryTest {

  private static final String FLOW = "flow-1";
  private static final Duration HOLD = Duration.ofMinutes(11);

  private final TopologyJourneyDriver driver = new TopologyJourneyDriver();

  private Command begin() {
    driver.register(chain("order", "reserve"));
    driver.start(FLOW, "order", Map.of());
    return driver.takeCommands().get(0);
  }

  @Test
  void anAnswerOfNobodyThatIsNoDeadLetterYetIsFound() {
    Command reserve = begin();
    driver.succeed("nobody", reserve, Echo.ATTEMPT, Map.of());
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());

    assertThatThrownBy(driver::close).hasMessageContaining("belongs to no flow and was dropped");
  }

  @Test
  void anUnknownAnswerThatBecameADeadLetterIsAccountedFor() {
    Command reserve = begin();
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    driver.fail("nobody", reserve, Echo.ATTEMPT, "broken", null);
    driver.pass(HOLD);

    driver.close();
  }

  @Test
  void anUndoneStepWhoseEffectStandsIsFound() {
    Command reserve = begin();
    driver.succeed(FLOW, reserve, Echo.ATTEMPT, Map.of());
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    Command undo = driver.takeCommands().get(0);
    // The object that was undone is not the one that was done.
    driver.succeed(
        FLOW,
        new Command(
            "reserve",
            undo.action(),
            undo.generation(),
            undo.attempt(),
            reserve.commandId(),
            undo.effect(),
            undo.payload()),
        Echo.ATTEMPT,
        Map.of());

    assertThatThrownBy(driver::close)
        .hasMessageContaining("the effect of step reserve is left standing");
  }
}
