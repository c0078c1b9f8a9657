package io.doundo.orchestrator.play;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.parallel;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.CoreJourneyDriver;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.play.Presence.Attachment;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One sentence for each reason why a flow does not move. */
class WhyFinderTest {

  private static final String FLOW = "flow-1";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private @Nullable Command start(Orchestration definition, int answered) {
    driver.register(definition);
    driver.start(FLOW, definition.name(), Map.of("order", 7));
    for (int i = 0; i < answered; i++) {
      driver.succeed(FLOW, driver.takeCommands().get(0), Echo.ATTEMPT, Map.of());
    }
    List<Command> open = driver.takeCommands();
    return open.isEmpty() ? null : open.get(0);
  }

  private Why why(Duration later, String... served) {
    return why(later, Map.of(), served);
  }

  private Why why(Duration later, Map<String, Attachment> attached, String... served) {
    Map<String, List<Presence.Declared>> declared = new HashMap<>();
    for (String step : served) {
      declared.put(step, List.of(new Presence.Declared("svc", Instant.ofEpochMilli(driver.now()))));
    }
    long now = driver.now() + later.toMillis();
    return WhyFinder.find(
        driver.definitionOf(FLOW),
        driver.flow(FLOW),
        new Presence(declared, attached),
        List::of,
        () -> VerbTable.of(driver.definitionOf(FLOW), driver.flow(FLOW), now, driver.evaluations()),
        now);
  }

  private Instant in(Duration later) {
    return Instant.ofEpochMilli(driver.now()).plus(later);
  }

  @Test
  void nothingIsWrongWithAStepThatWasJustSent() {
    start(chain("order", "a"), 0);

    Why why = why(Duration.ofMillis(80), "a");

    assertThat(why.headline()).isEqualTo("Nothing is wrong: the DO of a was sent 80 ms ago.");
    assertThat(why.waitsFor()).isNull();
    assertThat(why.suggestions()).isEmpty();
    assertThat(why.facts()).containsExactly(why.headline());
  }

  @Test
  void aBreakerThatHoldsTheCommandIsSaid() {
    driver.open("partner", false);
    start(with(chain("order", "a"), "a", step -> step.withBreaker("partner")), 0);

    Why why = why(Duration.ofSeconds(20), "a");

    assertThat(why.headline())
        .isEqualTo("The breaker partner holds back the DO of a; no attempt is used up.");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.BREAKER);
  }

  @Test
  void aStepThatNobodyServesIsSaid() {
    start(chain("order", "a"), 0);

    Why why = why(Duration.ofSeconds(2));

    assertThat(why.headline())
        .isEqualTo(
            "The DO of a was sent 2 s ago to orchestrator.order.a.do, and no service has declared"
                + " that it serves the step.");
    assertThat(why.waitsFor())
        .isEqualTo(
            new Why.WaitsFor(
                Why.Kind.WORKER, "a", "orchestrator.order.a.do", in(Duration.ofSeconds(30))));
    assertThat(why.since()).isEqualTo(in(Duration.ZERO));
  }

  @Test
  void anAnswerThatIsLateSaysWhenItTimesOutAndWhatFollows() {
    start(chain("order", "a"), 0);

    Why why = why(Duration.ofSeconds(20), "a");

    assertThat(why.headline())
        .startsWith("The DO of a was sent 20 s ago and has no answer yet; it times out at ")
        .contains(", in 10 s; then attempt 2 of 3 follows.")
        .endsWith("It is served by svc (declared 20 s ago).");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.ANSWER);
  }

  @Test
  void aCommandThatNobodyReadsNamesItsTopicAndWhoDeclaredToServeIt() {
    start(chain("order", "a"), 0);
    Map<String, Attachment> nobody = Map.of("orchestrator.order.a.do", Attachment.NOBODY);

    Why why = why(Duration.ofSeconds(20), nobody, "a");

    assertThat(why.headline())
        .startsWith(
            "The DO of a was sent 20 s ago, and no worker is attached to orchestrator.order.a.do"
                + " (declared by svc (declared 20 s ago)); it times out at ");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.WORKER);
    assertThat(why(Duration.ofSeconds(20), nobody).headline())
        .contains("no worker is attached to orchestrator.order.a.do (no service has declared");
  }

  @Test
  void aCommandThatWasJustSentMayBeReadSoon() {
    start(chain("order", "a"), 0);

    Why why = why(Duration.ofSeconds(2), Map.of("orchestrator.order.a.do", Attachment.NOBODY), "a");

    assertThat(why.headline()).startsWith("Nothing is wrong");
  }

  @Test
  void workersThatAreAttachedAndBehindAreNamed() {
    start(chain("order", "a"), 0);
    Attachment behind = new Attachment(List.of("realms"), 2, 3_120);

    Why why = why(Duration.ofSeconds(20), Map.of("orchestrator.order.a.do", behind));

    assertThat(why.headline())
        .endsWith("2 workers are attached (realms), and about 3120 commands are unread.");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.ANSWER);
  }

  @Test
  void aDelayBeforeTheNextAttempt() {
    Command open = Objects.requireNonNull(start(chain("order", "a"), 0));
    driver.fail(FLOW, open, Echo.ATTEMPT, "HTTP 503", null);

    Why why = why(Duration.ZERO, "a");

    assertThat(why.headline())
        .startsWith("The DO of a failed once; attempt 2 of 3 follows at ")
        .endsWith(", in 1 s: HTTP 503.");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.RETRY);
    assertThat(why.suggestions())
        .containsExactly(new Why.Suggestion(ControlAction.RETRY, "a", "Retry a"));
  }

  @Test
  void pausedComesFirst() {
    Command open = Objects.requireNonNull(start(chain("order", "a"), 0));
    driver.fail(FLOW, open, Echo.ATTEMPT, "HTTP 503", null);
    driver.control(FLOW, ControlAction.PAUSE, null, Map.of());

    Why why = why(MINUTE, "a");

    assertThat(why.headline()).startsWith("The flow is paused");
    assertThat(why.facts())
        .hasSize(2)
        .element(1)
        .asString()
        .contains("is due for attempt 2 of 3, and waits for its turn");
    assertThat(why.suggestions())
        .containsExactly(new Why.Suggestion(ControlAction.RESUME, null, "Resume the flow"));
  }

  @Test
  void aFlowWithoutDefinitionSaysUntilWhenItWaits() {
    driver.start(FLOW, "order", Map.of());

    Why why = why(Duration.ofSeconds(1));

    assertThat(why.headline()).startsWith("The orchestration order is not registered");
    assertThat(why.waitsFor())
        .isEqualTo(new Why.WaitsFor(Why.Kind.DEFINITION, null, null, in(Duration.ofSeconds(60))));
  }

  @Test
  void aParkedFlowNamesTheStepAndWhatHelps() {
    start(with(chain("order", "a"), "a", s -> TestDefinitions.onTimeout(s, OnTimeout.ESCALATE)), 0);
    driver.pass(Duration.ofSeconds(31));

    Why why = why(MINUTE, "a");

    assertThat(why.headline())
        .startsWith("The flow has waited for an operator for 1 min")
        .contains("(ESCALATED): step a timed out and needs an operator");
    assertThat(why.waitsFor()).isEqualTo(new Why.WaitsFor(Why.Kind.OPERATOR, "a", null, null));
    assertThat(why.suggestions())
        .extracting(Why.Suggestion::label)
        .containsExactly("Retry a", "Resolve a", "Undo the flow");
  }

  @Test
  void anUndoThatFailsAndOneThatParks() {
    start(with(chain("order", "a"), "a", s -> TestDefinitions.undoRetry(s, policy(2))), 1);
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());
    driver.fail(FLOW, driver.takeCommands().get(0), Echo.ATTEMPT, "HTTP 503", null);

    assertThat(why(Duration.ZERO, "a").headline())
        .startsWith("The UNDO of a failed once; attempt 2 of 2 follows at ");

    driver.pass(Duration.ofSeconds(2));
    driver.fail(FLOW, driver.takeCommands().get(0), Echo.ATTEMPT, "HTTP 503", null);

    Why parked = why(MINUTE, "a");
    assertThat(parked.headline())
        .contains("(UNDO_FAILED): the UNDO of step a has no attempts left");
    assertThat(parked.waitsFor()).extracting(Why.WaitsFor::step).isEqualTo("a");
    assertThat(parked.suggestions())
        .extracting(Why.Suggestion::label)
        .containsExactly("Retry the UNDO of a", "Resolve the UNDO of a");
  }

  @Test
  void aBranchIsDrainedBeforeItIsUndone() {
    start(parallel("order", "a", "b"), 0);
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());

    assertThat(why(Duration.ofSeconds(1), "a", "b").facts())
        .contains(
            "The answer of a is awaited before it can be undone.",
            "The answer of b is awaited before it can be undone.");
  }

  @Test
  void aTurnThatIsNotCommittedAndACancelThatWaitsForThePivot() {
    driver.withoutCommits();
    start(chain("order", "a"), 1);
    driver.control(FLOW, ControlAction.UNDO, null, Map.of());

    assertThat(why(Duration.ofSeconds(1)).headline())
        .isEqualTo("The turn to UNDO waits for its commit.");
    assertThat(why(MINUTE).headline())
        .isEqualTo(
            "The turn to UNDO waits for its commit; it normally takes less than a second: look"
                + " whether the orchestrator is running.");
    driver.commit();
    assertThat(why(Duration.ofSeconds(1)).headline()).startsWith("The UNDO of a was sent");
  }

  @Test
  void aCancelThatWaitsForThePivot() {
    start(with(chain("order", "a"), "a", TestDefinitions::pivot), 0);
    driver.control(FLOW, ControlAction.CANCEL, null, Map.of());

    assertThat(why(Duration.ofSeconds(1), "a").headline())
        .isEqualTo(
            "A cancel waits for the answer of the pivot: if the pivot succeeds, the flow goes on.");
  }

  @Test
  void aWaitForASignalAndForATime() {
    start(
        with(
            with(
                parallel("order", "approve", "cool"),
                "approve",
                s -> TestDefinitions.with(s, new Work.Signal("approved", null))),
            "cool",
            s -> TestDefinitions.with(s, new Work.Wait(Duration.ofHours(3), null))),
        0);

    Why why = why(MINUTE);

    assertThat(why.facts().get(0)).startsWith("approve waits for the signal approved until ");
    assertThat(why.facts().get(1)).startsWith("cool waits until ").endsWith(", in 2 h 59 min.");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.SIGNAL);
  }

  @Test
  void aTaskNamesWhoHasToCompleteItAndADueDateThatHasPassed() {
    HumanTask asked =
        new HumanTask(
            "{\"title\": \"Approve\", \"assignee\": \"kim\"}", null, Duration.ofSeconds(30));
    start(
        with(
            chain("order", "approve"),
            "approve",
            s -> TestDefinitions.with(s, new Work.Signal("approved", null, asked))),
        0);

    Why why = why(MINUTE);

    assertThat(why.headline())
        .startsWith(
            "approve waits for kim to complete the task \"Approve\", which has been overdue for"
                + " 30 s, until ");
    assertThat(why.waitsFor()).extracting(Why.WaitsFor::kind).isEqualTo(Why.Kind.TASK);
  }

  @Test
  void anEndedFlowSaysWhatIsLeftStanding() {
    start(with(chain("order", "a"), "a", TestDefinitions::withoutUndo), 1);
    assertThat(why(MINUTE).facts()).containsExactly("The flow has ended as COMPLETED.");

    driver.control(FLOW, ControlAction.UNDO, null, Map.of());

    assertThat(why(MINUTE).facts())
        .containsExactly(
            "The flow has ended as UNDONE: UNDO by operator: because.", "Left standing: a.");
  }

  @Test
  void aFaultOfTheEngine() {
    start(chain("order", "a"), 0);
    driver.take(FLOW, new FlowEvent.EngineFailed(driver.now(), "IllegalStateException"));

    Why why = why(MINUTE, "a");

    assertThat(why.headline()).contains("(ENGINE_FAULT): internal error");
    assertThat(why.suggestions()).extracting(Why.Suggestion::label).contains("Retry the flow");
  }
}
