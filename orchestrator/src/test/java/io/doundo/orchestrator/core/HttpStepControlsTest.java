package io.doundo.orchestrator.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operators can do about a step whose request cannot be evaluated. */
class HttpStepControlsTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private void start(String document, Map<String, Object> payload) {
    Orchestration definition =
        ((Defined)
                RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0))
            .orchestration();
    driver.register(definition);
    driver.start(FLOW, definition.name(), payload);
  }

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private void retry(String step, Map<String, Object> payload) {
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.PARKED);
    driver.control(FLOW, ControlAction.RETRY, step, payload);
  }

  @Test
  void aRetryCanReplaceThePartOfARequestThatCannotBeEvaluated() {
    start(
        """
        orchestrationName: order
        steps:
          - { name: pay, pivot: true, undo: none }
          - name: tell
            http: { connection: crm, post: "/x/{{ payload.id }}", body: { n: "{{ payload.n }}" } }
            retry: { maxAttempts: 1 }
        """,
        Map.of("n", 5));
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    assertThat(driver.takeCommands()).isEmpty();

    retry("tell", Map.of("nope", 1));
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(1).error())
        .contains("one or more of method, url, headers and body");

    retry("tell", Map.of("url", "/x/1"));
    Command tell = next();
    assertThat(tell.action()).isEqualTo(CommandAction.DO);
    assertThat(tell.payload().toString()).contains("/x/1", "n=5");
    driver.succeed(FLOW, tell, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void anUndoThatCannotBeEvaluatedParksTheFlowUntilAnOperatorSaysTheRequest() {
    start(
        """
        orchestrationName: order
        steps:
          - name: create
            http: { connection: crm, put: /x }
            undo: { http: { delete: "/x/{{ payload.id }}" } }
          - { name: two, undo: none }
        """,
        Map.of("n", 5));
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    driver.failForGood(FLOW, next(), Echo.COMMAND_ID, "no");
    assertThat(driver.takeCommands()).isEmpty();
    assertThat(driver.flow(FLOW).steps().get(0).status()).isEqualTo(StepStatus.UNDO_FAIL);

    retry("create", Map.of("url", "/x/7", "method", "POST"));

    Command undo = next();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    assertThat(undo.payload().toString()).contains("/x/7", "POST");
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
  }
}
