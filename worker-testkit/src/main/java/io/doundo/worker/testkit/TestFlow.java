package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.protocol.Answer;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.worker.binding.JsonBinder;
import java.time.Duration;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flow on a {@link TestOrchestrator}. An unmet expectation is an {@link AssertionError} with the
 * flow's history. Steps that run side by side may be expected in any order.
 *
 * <p>Time advances on its own only while no command is in flight: an expected retry is waited for.
 * An unanswered command, and a wait for a signal, time out only when the test says so.
 */
public final class TestFlow {

  /** More timers than any flow sets that still moves. */
  private static final int MANY = 10_000;

  private final FlowDriver driver;
  private final TestWorkers workers;
  private final JsonBinder json;
  private final Map<String, Object> stubs;

  TestFlow(FlowDriver driver, TestWorkers workers, JsonBinder json, Map<String, Object> stubs) {
    this.stubs = Map.copyOf(stubs);
    this.driver = driver;
    this.workers = workers;
    this.json = json;
  }

  /** The next DO of this step. */
  public ExpectedCommand expectDo(String step) {
    return expect(CommandAction.DO, step);
  }

  /** The next UNDO of this step. */
  public ExpectedCommand expectUndo(String step) {
    return expect(CommandAction.UNDO, step);
  }

  /** Nothing is sent, now or later, unless something happens. */
  public TestFlow expectNothingSent() {
    waitForCommand();
    if (!driver.out().isEmpty()) {
      throw failure("expected nothing to be sent, but " + driver.out() + " was");
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
  public TestFlow expectParked(String reason) {
    expectEnd(FlowStatus.PARKED);
    ParkReason parked = driver.state().parkReason();
    if (parked == null || !parked.name().equals(reason)) {
      throw failure(
          "expected the flow to be parked as " + reason + ", but it is parked as " + parked);
    }
    return this;
  }

  private void expectEnd(FlowStatus status) {
    waitForCommand();
    if (driver.state().status() != status || !driver.out().isEmpty()) {
      throw failure(
          "expected the flow to be "
              + status
              + ", but it is "
              + driver.state().status()
              + (driver.out().isEmpty() ? "" : " and has sent " + driver.out()));
    }
  }

  /**
   * Lets the handlers of this test answer everything, and time pass, until the flow has ended,
   * waits for an operator, or has sent a command that no handler here serves.
   */
  public TestFlow runToEnd() {
    waitForCommand();
    for (SentCommand next = served(); next != null; next = served()) {
      driver.out().remove(next);
      take(next, false, null);
      waitForCommand();
    }
    return this;
  }

  private @Nullable SentCommand served() {
    for (SentCommand command : driver.out()) {
      if (stubs.containsKey(command.step()) || workers.serve(command.record())) {
        return command;
      }
    }
    return null;
  }

  /** Cancels it, as an operator would. */
  public TestFlow cancel() {
    return control(ControlAction.CANCEL, null);
  }

  /** Undoes it after it has completed, as an operator would. */
  public TestFlow undo() {
    return control(ControlAction.UNDO, null);
  }

  /** Has an operator retry a step of a flow that is parked. */
  public TestFlow retry(String step) {
    return control(ControlAction.RETRY, step);
  }

  /**
   * Sends the flow a signal, which a step takes now or the flow keeps for a later step.
   *
   * @param payload anything that Jackson writes; null for none
   * @param by who sends it
   * @throws AssertionError when no step will take it
   */
  public TestFlow signal(String name, @Nullable Object payload, String by) {
    driver.note("signal " + name + " by " + by);
    String refusal = driver.signal(name, payload == null ? null : json.write(payload), by);
    if (refusal != null) {
      throw failure(refusal);
    }
    return this;
  }

  private TestFlow control(ControlAction verb, @Nullable String step) {
    driver.note(verb + " by an operator" + (step == null ? "" : ", of " + step));
    String refusal = driver.control(verb, step);
    if (refusal != null) {
      throw failure(verb + " is refused: " + refusal);
    }
    return this;
  }

  /** The steps whose tasks are open, in the order of the document. */
  public List<String> openTasks() {
    waitForCommand();
    return driver.openTasks();
  }

  /** The task of this step is open. */
  public ExpectedTask expectTask(String step) {
    List<String> open = openTasks();
    if (!open.contains(step)) {
      throw failure(
          "expected task "
              + step
              + " to be open, but "
              + (open.isEmpty() ? "no task is" : open + " is"));
    }
    return new ExpectedTask(this, step);
  }

  TaskState openTask(String step) {
    StepState state = Objects.requireNonNull(driver.step(step), step);
    if (state.status() != StepStatus.WAITING || state.task() == null) {
      throw failure("task " + step + " is not open any more: it is " + state.status());
    }
    return state.task();
  }

  @Nullable String complete(String step, @Nullable Object answer, String by) {
    driver.note("task " + step + " completed by " + by);
    return driver.complete(step, answer == null ? null : json.write(answer), by);
  }

  void assign(String step, @Nullable String assignee) {
    driver.note("task " + step + " assigned to " + assignee);
    String refusal = driver.assign(step, assignee);
    if (refusal != null) {
      throw failure(refusal);
    }
  }

  /** Lets time pass for the orchestrator and the fence. */
  public TestFlow passes(Duration duration) {
    driver.note(duration + " passed");
    driver.passes(duration);
    return this;
  }

  /** In the operator's words. */
  public String status() {
    return driver.state().status().name();
  }

  /** The history so far, one line per event. */
  public List<String> history() {
    return List.copyOf(driver.history());
  }

  private ExpectedCommand expect(CommandAction action, String step) {
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
              + (driver.out().isEmpty() ? "nothing was sent" : driver.out() + " was sent"));
    }
    return new ExpectedCommand(this, found, json);
  }

  private @Nullable SentCommand takeOut(CommandAction action, String step) {
    Deque<SentCommand> out = driver.out();
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
    for (int i = 0; i < MANY && driver.out().isEmpty() && !isAtRest(); i++) {
      if (!driver.reachTimer()) {
        return null;
      }
    }
    return driver.out().peek();
  }

  /** Takes a command for itself. */
  ExpectedCommand taken(SentCommand command) {
    driver.out().remove(command);
    return new ExpectedCommand(this, command, json);
  }

  /** Lets time pass until a command is out, as long as the flow waits for nothing else. */
  private void waitForCommand() {
    for (int i = 0; i < MANY && driver.out().isEmpty() && !isWaiting(); i++) {
      if (!driver.reachTimer()) {
        return;
      }
    }
  }

  /** Whether an answer is awaited, a signal, an operator, or nothing at all. */
  private boolean isWaiting() {
    return isAtRest() || driver.awaitsSignal() || driver.awaitsAnswer();
  }

  private boolean isAtRest() {
    FlowStatus status = driver.state().status();
    return status == FlowStatus.PARKED || status.isTerminal();
  }

  /** Lets a handler take the command, and hands the answers on. */
  void take(SentCommand command, boolean redelivered, @Nullable CrashPoint crash) {
    Object stub = stubs.get(command.step());
    if (stub != null) {
      boolean isDo = command.action() == CommandAction.DO;
      new ExpectedCommand(this, command, json).succeeds(isDo ? stub : null);
      return;
    }
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
      driver.note("the worker died " + crash.words() + ": " + command);
    }
    answers.forEach(driver::answer);
  }

  /** Lets the attempt of this command time out. */
  void timesOut(SentCommand command) {
    driver.note("not answered: " + command);
    for (int i = 0; i < MANY && driver.isOpen(command); i++) {
      if (!driver.reachTimer()) {
        throw failure(command + " never times out");
      }
    }
  }

  void answer(Answer answer) {
    driver.answer(answer);
  }

  FlowDriver driver() {
    return driver;
  }

  AssertionError failure(String sentence) {
    return driver.failure(sentence);
  }
}
