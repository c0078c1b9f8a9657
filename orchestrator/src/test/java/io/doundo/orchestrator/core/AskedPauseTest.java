package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bounds of a pause that a worker requests before the next attempt. */
class AskedPauseTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private Command begin() {
    driver.register(chain("order", "charge"));
    driver.start(FLOW, "order", Map.of("order", 7));
    return next();
  }

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private void asks(Command command, Duration pause) {
    driver.failNotBefore(FLOW, command, Echo.ATTEMPT, "busy", pause);
  }

  @Test
  void itIsAtMostAnHourAndUsesUpNoFurtherAttempt() {
    Command charge = begin();
    for (int attempt = 1; attempt < 3; attempt++) {
      asks(charge, Duration.ofDays(2));
      driver.pass(Duration.ofHours(1).minusMillis(1));
      assertThat(driver.takeCommands()).isEmpty();
      driver.pass(Duration.ofMillis(1));
      charge = next();
    }
    asks(charge, Duration.ofDays(2));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.RETRY_EXHAUSTED);
  }

  @Test
  void anAnswerThatIsNotAwaitedChangesNoDelay() {
    Command charge = begin();
    asks(charge, Duration.ofMillis(1));
    long due = driver.timerOf(FLOW);
    driver.failNotBefore(FLOW, charge, Echo.ATTEMPT, "busy, again", Duration.ofMinutes(10));
    assertThat(driver.timerOf(FLOW)).isEqualTo(due);
  }

  @Test
  void anOperatorNeedNotWaitForIt() {
    asks(begin(), Duration.ofMinutes(30));
    driver.control(FLOW, ControlAction.RETRY, "charge", Map.of());
    assertThat(next().attempt()).isEqualTo(2);
  }
}
