package io.doundo.worker.testkit;

import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.binding.JsonBinder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A command that was expected and came. Choose its outcome: its handler runs, the test answers in
 * its place, or it stays unanswered. Each of these returns the flow.
 */
public final class ExpectedCommand {

  private final TestFlow flow;
  private final SentCommand command;
  private final JsonBinder json;

  ExpectedCommand(TestFlow flow, SentCommand command, JsonBinder json) {
    this.flow = flow;
    this.command = command;
    this.json = json;
  }

  /** The payload, read as this type. */
  public <T> T payload(Class<T> type) {
    return json.read(command.payload(), type);
  }

  /**
   * What is requested: of a step with {@code http} or {@code webhook}. Nothing is sent in a test;
   * answer in the place of the service, with {@link #succeeds(Object)}, {@link #fails} and so on.
   *
   * @throws AssertionError when the step makes no request
   */
  public HttpCommand request() {
    try {
      return HttpCommand.decode(command.payload());
    } catch (MalformedRecordException e) {
      throw flow.failure(command + " is no HTTP request: " + e.getMessage());
    }
  }

  /** Expects a top-level field of the payload. */
  public ExpectedCommand with(String field, Object value) {
    JsonNode found = json.read(command.payload(), JsonNode.class).path(field);
    JsonNode expected = json.read(json.write(value), JsonNode.class);
    if (!found.equals(expected)) {
      throw flow.failure(
          "expected %s to carry %s = %s, but it carries %s"
              .formatted(command, field, expected, command.payload()));
    }
    return this;
  }

  /** Counts from 1 and never restarts. */
  public int attempt() {
    return command.attempt();
  }

  /** Its handler is called, and what it answers is taken. */
  public TestFlow handled() {
    flow.take(command, false, null);
    return flow;
  }

  /** Its handler is called, and the command delivered once more to another worker. */
  public TestFlow handledTwice() {
    flow.take(command, false, null);
    flow.driver().note("redelivered: " + command);
    flow.take(command, true, null);
    return flow;
  }

  /**
   * Its worker dies; after its lease the command is delivered to another one.
   *
   * @throws AssertionError when the worker does not reach this point, for example because its
   *     handler is not called
   */
  public TestFlow handledAfterCrash(CrashPoint point) {
    flow.take(command, false, point);
    flow.passes(TestWorkers.LEASE.plusMillis(1));
    flow.driver().note("redelivered: " + command);
    flow.take(command, true, null);
    return flow;
  }

  /** Its worker dies, and no other worker gets the command; time has not passed yet. */
  void takenByCrashingWorker(CrashPoint point) {
    flow.take(command, false, point);
  }

  /** Nobody takes it; time has not passed yet. */
  void dropped() {
    flow.driver().note("not delivered: " + command);
  }

  /** Its worker dies, no other worker gets the command, and the attempt times out. */
  public TestFlow lostInCrash(CrashPoint point) {
    takenByCrashingWorker(point);
    flow.timesOut(command);
    return flow;
  }

  /** Nobody takes it, and the attempt times out. */
  public TestFlow timesOut() {
    flow.timesOut(command);
    return flow;
  }

  /** It reaches its worker only later: see {@link DelayedCommand#handled()}. */
  public DelayedCommand delayed() {
    flow.timesOut(command);
    return new DelayedCommand();
  }

  /** A command that is still on its way. */
  public final class DelayedCommand {

    private DelayedCommand() {}

    /** Now it is delivered. */
    public TestFlow handled() {
      flow.driver().note("delivered late: " + command);
      flow.take(command, false, null);
      return flow;
    }
  }

  /** Answers in a worker's place: done, with this result. */
  public TestFlow succeeds(@Nullable Object result) {
    RawJson value = result == null ? null : json.write(result);
    return answer(
        command.action() == CommandAction.DO ? Outcome.OK : Outcome.UNDONE,
        action(),
        true,
        null,
        value);
  }

  /** Answers in a worker's place: done, without a result. */
  public TestFlow succeeds() {
    return succeeds(null);
  }

  /** Answers in a worker's place: the work of the DO was already done, and this is its result. */
  public TestFlow findsItDone(@Nullable Object result) {
    return answer(
        Outcome.UNCHANGED, action(), true, null, result == null ? null : json.write(result));
  }

  /** Answers in a worker's place: nothing happened; the step is retried by its policy. */
  public TestFlow fails(String error) {
    return answer(Outcome.NO_EFFECT, action(), false, error, null);
  }

  /** Answers in a worker's place: nothing happened, and trying again is of no use. */
  public TestFlow failsForGood(String error) {
    return answer(Outcome.NO_EFFECT, AnswerAction.FAIL_STEP, false, error, null);
  }

  /** Answers in a worker's place: something may have happened. */
  public TestFlow endsInDoubt(String error) {
    return answer(Outcome.UNKNOWN, action(), false, error, null);
  }

  private AnswerAction action() {
    return command.action() == CommandAction.DO ? AnswerAction.DO : AnswerAction.UNDO;
  }

  private TestFlow answer(
      Outcome outcome,
      AnswerAction action,
      boolean status,
      @Nullable String error,
      @Nullable RawJson result) {
    flow.answer(
        new Answer(
            command.flowId(),
            command.step(),
            action,
            status,
            error,
            command.attempt(),
            command.id(),
            outcome,
            "the test",
            result));
    return flow;
  }
}
