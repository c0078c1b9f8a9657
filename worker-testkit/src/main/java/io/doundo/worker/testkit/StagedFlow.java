package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.ControlVerb;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.ParkReason;
import io.doundo.protocol.Answer;
import io.doundo.worker.binding.JsonBinder;
import java.time.Duration;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow on a {@link SagaStage}. What is expected of it and does not come is an {@link
 * AssertionError} that tells the flow's history. Steps that run side by side may be expected in any
 * order.
 *
 * <p>Time passes by itself only while nothing is out: a retry that is expected is waited for. A
 * command that is out and not answered times out only when the test says so.
 */
public final class StagedFlow {

  /** More timers than any flow sets that still moves. */
  private static final int MANY = 10_000;

  private final Conductor conductor;
  private final Workers workers;
  private final JsonBinder json;

  StagedFlow(Conductor conductor, Workers workers, JsonBinder json) {
    this.conductor = conductor;
    this.workers = workers;
    this.json = json;
  }

  /** The next DO of this step. */
  public ExpectedCommand expectDo(String step) {
    return expect(Action.DO, step);
  }

  /** The next UNDO of this step. */
  public ExpectedCommand expectUndo(String step) {
    return expect(Action.UNDO, step);
  }

  /** Nothing is sent, now or later, unless something happens. */
  public StagedFlow expectNothingSent() {
    waitForCommand();
    if (!conductor.out().isEmpty()) {
      throw failure("expected nothing to be sent, but " + conductor.out() + " was");
    }
    return this;
  }

  /** Every step has succeeded, and nothing is out. */
  public void expectCompleted() {
    expectEnd(FlowStatus.COMPLETED);
  }

  /** Every step that may have had an effect was undone, and nothing is out. */
  public void expectUndone() {
    expectEnd(FlowStatus.UNDONE);
  }

  /**
   * It waits for an operator.
   *
   * @param reason such as {@code UNDO_FAILED}, in the operator's words
   */
  public StagedFlow expectParked(String reason) {
    expectEnd(FlowStatus.PARKED);
    ParkReason parked = conductor.state().parkReason();
    if (parked == null || !parked.name().equals(reason)) {
      throw failure(
          "expected the flow to be parked as " + reason + ", but it is parked as " + parked);
    }
    return this;
  }

  private void expectEnd(FlowStatus status) {
    waitForCommand();
    if (conductor.state().status() != status || !conductor.out().isEmpty()) {
      throw failure(
          "expected the flow to be "
              + status
              + ", but it is "
              + conductor.state().status()
              + (conductor.out().isEmpty() ? "" : " and has sent " + conductor.out()));
    }
  }

  /**
   * Lets the handlers of this stage answer everything, and time pass, until the flow has ended,
   * waits for an operator, or has sent a command that no handler here serves.
   */
  public StagedFlow plays() {
    waitForCommand();
    for (SentCommand next = served(); next != null; next = served()) {
      conductor.out().remove(next);
      take(next, false, null);
      waitForCommand();
    }
    return this;
  }

  private @Nullable SentCommand served() {
    for (SentCommand command : conductor.out()) {
      if (workers.serve(command.record())) {
        return command;
      }
    }
    return null;
  }

  /** Cancels it, as an operator would. */
  public StagedFlow cancel() {
    return control(ControlVerb.CANCEL, null);
  }

  /** Undoes it after it has completed, as an operator would. */
  public StagedFlow undo() {
    return control(ControlVerb.UNDO, null);
  }

  /** Has an operator retry a step of a flow that is parked. */
  public StagedFlow retry(String step) {
    return control(ControlVerb.RETRY, step);
  }

  private StagedFlow control(ControlVerb verb, @Nullable String step) {
    conductor.note(verb + " by an operator" + (step == null ? "" : ", of " + step));
    String refusal = conductor.control(verb, step);
    if (refusal != null) {
      throw failure(verb + " is refused: " + refusal);
    }
    return this;
  }

  /** Lets time pass for the orchestrator and the fence. */
  public StagedFlow passes(Duration duration) {
    conductor.note(duration + " passed");
    conductor.passes(duration);
    return this;
  }

  /** In the operator's words. */
  public String status() {
    return conductor.state().status().name();
  }

  /** What happened so far, a line each. */
  public List<String> history() {
    return List.copyOf(conductor.history());
  }

  private ExpectedCommand expect(Action action, String step) {
    SentCommand found = takeOut(action, step);
    if (found == null) {
      waitForCommand();
      found = takeOut(action, step);
    }
    if (found == null) {
      throw failure(
          "expected "
              + action
              + " of "
              + step
              + ", but "
              + (conductor.out().isEmpty() ? "nothing was sent" : conductor.out() + " was sent"));
    }
    return new ExpectedCommand(this, found, json);
  }

  private @Nullable SentCommand takeOut(Action action, String step) {
    Deque<SentCommand> out = conductor.out();
    for (Iterator<SentCommand> commands = out.iterator(); commands.hasNext(); ) {
      SentCommand command = commands.next();
      if (command.is(action, step)) {
        commands.remove();
        return command;
      }
    }
    return null;
  }

  /**
   * The oldest command that is out, once there is one; what was lost times out meanwhile. Null when
   * the flow has ended or waits for an operator.
   */
  @Nullable SentCommand next() {
    for (int i = 0; i < MANY && conductor.out().isEmpty() && !stands(); i++) {
      if (!conductor.reachTimer()) {
        return null;
      }
    }
    return conductor.out().peek();
  }

  /** Takes a command for itself. */
  ExpectedCommand taken(SentCommand command) {
    conductor.out().remove(command);
    return new ExpectedCommand(this, command, json);
  }

  /** Lets time pass until a command is out, as long as the flow waits for nothing else. */
  private void waitForCommand() {
    for (int i = 0; i < MANY && conductor.out().isEmpty() && !waits(); i++) {
      if (!conductor.reachTimer()) {
        return;
      }
    }
  }

  /** Whether an answer is awaited, an operator, or nothing at all. */
  private boolean waits() {
    return stands()
        || conductor.state().steps().stream().anyMatch(step -> step.outside().openAttempt() > 0);
  }

  private boolean stands() {
    FlowStatus status = conductor.state().status();
    return status == FlowStatus.PARKED || status.isTerminal();
  }

  /** Lets a handler take the command, and hands the answers on. */
  void take(SentCommand command, boolean redelivered, @Nullable CrashPoint crash) {
    List<Answer> answers = workers.deliver(command.record(), redelivered, crash);
    if (answers == null) {
      throw failure("no handler of this test serves " + command);
    }
    if (crash != null && !answers.isEmpty()) {
      throw failure(
          "the worker should have died "
              + crash.words()
              + " for "
              + command
              + ", but never got there");
    }
    if (crash != null) {
      conductor.note("the worker died " + crash.words() + ": " + command);
    }
    answers.forEach(conductor::answer);
  }

  /** Lets the attempt of this command time out. */
  void timesOut(SentCommand command) {
    conductor.note("not answered: " + command);
    int step = index(command);
    for (int i = 0; i < MANY && isOpen(step, command); i++) {
      if (!conductor.reachTimer()) {
        throw failure(command + " never times out");
      }
    }
  }

  private boolean isOpen(int step, SentCommand command) {
    return conductor.state().steps().get(step).outside().openAttempt() == command.attempt();
  }

  private int index(SentCommand command) {
    for (int i = 0; i < conductor.definition().steps().size(); i++) {
      if (conductor.definition().steps().get(i).name().equals(command.step())) {
        return i;
      }
    }
    throw new IllegalStateException("no step " + command.step());
  }

  void answer(Answer answer) {
    conductor.answer(answer);
  }

  Conductor conductor() {
    return conductor;
  }

  AssertionError failure(String sentence) {
    return conductor.failure(sentence);
  }
}
