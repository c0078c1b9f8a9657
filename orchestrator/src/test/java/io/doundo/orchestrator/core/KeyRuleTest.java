package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The idempotency key of a step changes only when nothing is open under the old one. */
class KeyRuleTest {

  private static final String FLOW = "flow-1";
  private static final Duration STEP_TIMEOUT = Duration.ofMillis(30_100);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private Command next() {
    List<Command> commands = driver.takeCommands();
    assertThat(commands).hasSize(1);
    return commands.get(0);
  }

  private StepState step(int index) {
    return driver.flow(FLOW).steps().get(index);
  }

  private String keys(int index, CommandAction action) {
    String header = DoKey.header(step(index), action);
    return header == null ? Integer.toString(step(index).generation()) : header;
  }

  private void register(Orchestration order) {
    driver.register(order);
    driver.start(FLOW, "order", Map.of("order", 7));
  }

  /** A flow of one step that waits for an operator when its only attempt times out. */
  private Command escalating() {
    Orchestration one =
        with(chain("order", "reserve"), "reserve", s -> TestDefinitions.retry(s, policy(1)));
    register(with(one, "reserve", s -> TestDefinitions.onTimeout(s, OnTimeout.ESCALATE)));
    return next();
  }

  private void retry() {
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.PARKED);
    driver.control(FLOW, ControlAction.RETRY, null, Map.of());
  }

  @Test
  void aStepInDoubtIsRetriedUnderTheSameKey() {
    escalating();
    driver.pass(STEP_TIMEOUT);

    retry();

    assertThat(next().generation()).isEqualTo(2);
    assertThat(keys(0, CommandAction.DO)).isEqualTo("1");
  }

  @Test
  void itsUndoCarriesThatKeyOnce() {
    escalating();
    driver.pass(STEP_TIMEOUT);
    retry();
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);

    driver.control(FLOW, ControlAction.UNDO, null, Map.of());

    Command undo = next();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    assertThat(keys(0, CommandAction.UNDO)).isEqualTo("1");
    driver.succeed(FLOW, undo, Echo.COMMAND_ID, Map.of());
    assertThat(step(0).outside().keys()).containsExactly(new DoKey(1, 1, 0, StepEffect.NONE));
  }

  /** It comes after a pivot, so that its failure parks the flow instead of turning it back. */
  @Test
  void aCleanStepIsRetriedUnderANewKey() {
    Orchestration order =
        with(chain("order", "pay", "ship"), "ship", s -> TestDefinitions.retry(s, policy(1)));
    register(with(order, "pay", TestDefinitions::pivot));
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    Command first = next();
    driver.fail(FLOW, first, Echo.COMMAND_ID, "no stock", "NO_EFFECT");

    retry();

    Command second = next();
    assertThat(second.generation()).isEqualTo(2);
    assertThat(keys(1, CommandAction.DO)).isEqualTo("2");

    // The first key is open after all: the next generation goes on under it.
    driver.fail(FLOW, first, Echo.ATTEMPT, "after all", "UNKNOWN");
    driver.fail(FLOW, second, Echo.COMMAND_ID, "no stock", "NO_EFFECT");
    retry();
    assertThat(next().generation()).isEqualTo(3);
    assertThat(keys(1, CommandAction.DO)).isEqualTo("1");
  }

  /**
   * A transaction that was aborted had sent the DO. When its inputs are read again, an operator's
   * UNDO comes first: the flow has no DO of the step on record, and learns of it by its answer.
   */
  private Command undoOfADoThatIsNotOnRecord() {
    Orchestration order =
        with(chain("order", "reserve", "pay"), "pay", s -> TestDefinitions.undoRetry(s, policy(1)));
    CoreJourneyDriver aborted = new CoreJourneyDriver();
    aborted.register(order);
    aborted.start(FLOW, "order", Map.of("order", 7));
    aborted.succeed(FLOW, aborted.takeCommands().get(0), Echo.COMMAND_ID, Map.of());
    Command uncommitted = aborted.takeCommands().get(0);
    assertThat(uncommitted.step()).isEqualTo("pay");
    register(order);
    Command reserve = next();
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    driver.succeed(FLOW, uncommitted, Echo.COMMAND_ID, Map.of());
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of());
    Command undo = next();
    assertThat(undo.step()).isEqualTo("pay");
    assertThat(keys(1, CommandAction.UNDO)).isEqualTo("1");
    return undo;
  }

  @Test
  void theUndoOfADoThatIsNotOnRecordKeepsItsKey() {
    Command undo = undoOfADoThatIsNotOnRecord();
    driver.fail(FLOW, undo, Echo.COMMAND_ID, "busy", "UNKNOWN");

    retry();

    assertThat(next().generation()).isEqualTo(2);
    assertThat(keys(1, CommandAction.UNDO)).isEqualTo("1");
  }

  @Test
  void theUndoAfterOneThatWasAnsweredInTwoWaysKeepsTheKey() {
    Command undo = undoOfADoThatIsNotOnRecord();
    driver.succeed(FLOW, undo, Echo.ATTEMPT, Map.of());
    assertThat(next().step()).isEqualTo("reserve");

    driver.fail(FLOW, undo, Echo.ATTEMPT, "busy", null);

    assertThat(next().generation()).isEqualTo(2);
    assertThat(keys(1, CommandAction.UNDO)).isEqualTo("1");
  }

  /** Evaluated in an aborted transaction, with other results, the input may have been sent. */
  @Test
  void theUndoNamesTheKeysOfGenerationsWithoutADoOnRecord() {
    String document =
        """
        orchestrationName: order
        vocabulary: 2
        steps:
          - { name: reserve, pivot: true }
          - { name: pay, input: { amount: "{{ payload.amount }}" } }
        """;
    register(
        ((Defined)
                RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0))
            .orchestration());
    driver.succeed(FLOW, next(), Echo.COMMAND_ID, Map.of());
    assertThat(step(1).status()).isEqualTo(StepStatus.FAILED);
    driver.control(FLOW, ControlAction.RETRY, "pay", Map.of("amount", 3));
    assertThat(next().generation()).isEqualTo(2);
    assertThat(keys(1, CommandAction.DO)).isEqualTo("2");

    Command unknown = new Command("pay", CommandAction.DO, 1, 1, "of another", null, Map.of());
    driver.succeed(FLOW, unknown, Echo.COMMAND_ID, Map.of());

    assertThat(step(1).effect()).isEqualTo(StepEffect.DONE);
    assertThat(keys(1, CommandAction.UNDO)).isEqualTo("1,2");
  }

  /** The worker counts a request as not made once this moment and its settling time are over. */
  @Test
  void theUndoOfARequestThatIsNotOnRecordHasOneDeadlineForAllAttempts() {
    String document =
        """
        orchestrationName: order
        steps:
          - { name: reserve }
          - name: pay
            http: { connection: crm, post: /pay, verify: { get: "/pay?key={{ key }}", done: "true" } }
            undo: { http: { delete: "/pay/{{ key }}" } }
            timeout: 10s
        """;
    Orchestration order =
        ((Defined)
                RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0))
            .orchestration();
    CoreJourneyDriver aborted = new CoreJourneyDriver();
    aborted.register(order);
    aborted.start(FLOW, "order", Map.of("order", 7));
    aborted.succeed(FLOW, aborted.takeCommands().get(0), Echo.COMMAND_ID, Map.of());
    Command uncommitted = aborted.takeCommands().get(0);
    register(order);
    Command reserve = next();
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    driver.fail(FLOW, uncommitted, Echo.COMMAND_ID, "no answer", "UNKNOWN");
    driver.succeed(FLOW, reserve, Echo.COMMAND_ID, Map.of());

    Command undo = next();
    assertThat(undo.step()).isEqualTo("pay");
    long latest = driver.now() + 10_000;
    assertThat(step(1).outside().keys())
        .containsExactly(new DoKey(1, 1, latest, StepEffect.IN_DOUBT));
    driver.fail(FLOW, undo, Echo.COMMAND_ID, "not settled", "UNKNOWN");
    driver.pass(Duration.ofSeconds(2));

    assertThat(next().attempt()).isEqualTo(2);
    assertThat(DoKey.unsettled(step(1)))
        .containsExactly(new DoKey(1, 1, latest, StepEffect.IN_DOUBT));
    assertThat(DoKey.header(step(1), CommandAction.UNDO)).isNull();
  }

  @Test
  void attemptsOfOneGenerationShareTheirKey() {
    register(chain("order", "reserve"));
    driver.pass(STEP_TIMEOUT);
    driver.pass(STEP_TIMEOUT);
    assertThat(step(0).outside().doing().sent()).isGreaterThan(1);
    assertThat(keys(0, CommandAction.DO)).isEqualTo("1");
    assertThat(step(0).outside().keys()).isEmpty();
  }

  @Test
  void anUndoCarriesTheKeyOfEveryDoThatIsNotSettled() {
    List<DoKey> keys =
        List.of(
            new DoKey(1, 1, 10, StepEffect.IN_DOUBT),
            new DoKey(2, 2, 20, StepEffect.CLEAN),
            new DoKey(3, 3, 30, StepEffect.DONE),
            new DoKey(1, 4, 40, StepEffect.NONE));

    assertThat(DoKey.unsettled(stepWith(keys)))
        .containsExactly(
            new DoKey(1, 1, 40, StepEffect.IN_DOUBT), new DoKey(3, 3, 30, StepEffect.DONE));
    assertThat(DoKey.header(stepWith(keys), CommandAction.UNDO)).isEqualTo("1,3");
    assertThat(DoKey.ofAttempt(keys, 2)).isEqualTo(keys.get(1));
    assertThat(DoKey.ofAttempt(keys, 9)).isEqualTo(keys.get(3));
    assertThat(DoKey.ofAttempt(keys, 0)).isNull();
  }

  private static StepState stepWith(List<DoKey> keys) {
    Outside outside =
        new Outside(Attempts.of(4, 3, 0), Attempts.NONE, 0, 0, 0, null, List.of(), keys);
    return new StepState(
        StepStatus.IN_DOUBT, StepEffect.DONE, 4, 0, 1, 1, null, null, null, null, outside);
  }
}
