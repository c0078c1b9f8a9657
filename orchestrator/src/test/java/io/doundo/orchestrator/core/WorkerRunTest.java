package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.protocol.CommandAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A step remembers which versions of its worker ran it, however its answers turn out. */
class WorkerRunTest {

  private static final String FLOW = "flow-1";

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private void start() {
    driver.register(chain("order", "charge", "ship"));
    driver.start(FLOW, "order", Map.of("order", 7));
  }

  private List<WorkerRun> runs(int step) {
    return driver.flow(FLOW).steps().get(step).outside().runs();
  }

  private static AnswerOf answerOf(int attempt, @Nullable String version) {
    return new AnswerOf(null, attempt, false, version);
  }

  private void fail(int attempt, String version) {
    driver.take(
        FLOW,
        new StepFailed(
            driver.now(),
            "charge",
            CommandAction.DO,
            answerOf(attempt, version),
            FailureKind.FAILED,
            "no",
            "payments"));
  }

  private void succeed(String step, CommandAction action, int attempt, @Nullable String version) {
    driver.take(
        FLOW,
        new StepSucceeded(
            driver.now(), step, action, answerOf(attempt, version), null, "payments"));
  }

  @Test
  void aLaterVersionDoesNotHideAnEarlierOne() {
    start();
    long sent = driver.now();
    driver.pass(Duration.ofMillis(40));
    long first = driver.now();
    fail(1, "2.3.1");
    driver.pass(Duration.ofSeconds(5));
    succeed("charge", CommandAction.DO, 2, "2.3.2");

    assertThat(runs(0)).hasSize(2);
    assertThat(runs(0).get(0)).isEqualTo(new WorkerRun("2.3.1", CommandAction.DO, sent, first));
    assertThat(runs(0).get(1).version()).isEqualTo("2.3.2");
    assertThat(driver.flow(FLOW).steps().get(0).outside().workerVersion()).isEqualTo("2.3.2");
    assertThat(runs(0).get(0).isOf("2.3.1", CommandAction.DO, first, first + 1)).isTrue();
    assertThat(runs(0).get(0).isOf("2.3.1", CommandAction.DO, first + 1, first + 2)).isFalse();
    assertThat(runs(0).get(0).isOf("2.3.1", CommandAction.UNDO, sent, first)).isFalse();
    assertThat(runs(0).get(0).isOf("2.3.2", CommandAction.DO, sent, first)).isFalse();
  }

  @Test
  void attemptsOnOneVersionAreOneRun() {
    start();
    long sent = driver.now();
    fail(1, "2.3.1");
    driver.pass(Duration.ofSeconds(5));
    fail(2, "2.3.1");

    assertThat(runs(0))
        .containsExactly(new WorkerRun("2.3.1", CommandAction.DO, sent, driver.now()));
  }

  @Test
  void whoDoesNotSayItsVersionLeavesNothing() {
    start();
    succeed("charge", CommandAction.DO, 1, null);

    assertThat(runs(0)).isEmpty();
  }

  @Test
  void aDuplicateChangesNothing() {
    start();
    succeed("charge", CommandAction.DO, 1, "2.3.1");
    FlowState once = driver.flow(FLOW);
    succeed("charge", CommandAction.DO, 1, "2.3.1");

    assertThat(driver.flow(FLOW).steps()).isEqualTo(once.steps());
  }

  @Test
  void anEffectThatLandsLateIsOfTheVersionThatHadIt() {
    start();
    succeed("charge", CommandAction.DO, 1, "2.3.2");
    driver.take(
        FLOW,
        new EffectLanded(
            driver.now(), "charge", CommandAction.DO, answerOf(1, "2.3.1"), null, "payments"));

    assertThat(runs(0)).extracting(WorkerRun::version).containsExactly("2.3.2", "2.3.1");
  }

  @Test
  void versionsBeyondThoseToldApartShareARunOfTheirTime() {
    StepDraft draft = new StepDraft(StepState.PENDING);
    for (int i = 0; i < 100; i++) {
      draft.ranOn("v" + i, i % 2 == 0 ? CommandAction.DO : CommandAction.UNDO, -1, 1_000 + i);
    }

    assertThat(draft.runs).hasSizeLessThanOrEqualTo(WorkerRun.MOST);
    for (int i = 0; i < 100; i++) {
      CommandAction action = i % 2 == 0 ? CommandAction.DO : CommandAction.UNDO;
      String version = "v" + i;
      long at = 1_000L + i;
      assertThat(draft.runs)
          .anyMatch(
              run ->
                  run.isOf(version, action, at, at)
                      || (run.isShared() && run.action() == action && run.isWithin(at, at)));
    }
  }

  @Test
  void aClockThatWasSetBackMakesNoRunThatEndsBeforeItBegan() {
    StepDraft draft = new StepDraft(StepState.PENDING);
    for (int i = 0; i < 40; i++) {
      draft.ranOn(i < 20 ? "2.3.1" : "v" + i, CommandAction.DO, i % 3 - 1, 10_000 - 100 * i);
    }

    assertThat(draft.runs).hasSizeGreaterThan(5).allMatch(run -> run.to() >= run.from());
  }
}
