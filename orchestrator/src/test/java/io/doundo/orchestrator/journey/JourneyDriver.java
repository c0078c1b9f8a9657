package io.doundo.orchestrator.journey;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a journey: one orchestrator with a clock moved by hand, and the test as the worker. */
public interface JourneyDriver extends AutoCloseable {

  /** A command as a worker sees it. */
  record Command(
      String step,
      CommandAction action,
      int generation,
      int attempt,
      String commandId,
      @Nullable KnownEffect effect,
      Map<String, Object> payload) {}

  /** The part of the command that a worker echoes. */
  enum Echo {
    /** Neither id nor attempt: the answer is matched by count. */
    NOTHING,
    /** The body headers, and so the attempt. */
    ATTEMPT,
    /** The command id and {@code saga-outcome}, as the SDK does. */
    COMMAND_ID
  }

  void register(Orchestration orchestration);

  void start(String flowId, String orchestration, Map<String, Object> payload);

  /** Takes the commands sent since the last call, in order. */
  List<Command> takeCommands();

  void succeed(String flowId, Command command, Echo echo, Map<String, Object> result);

  /**
   * Answers that the result counts but that this attempt did nothing.
   *
   * @param inDoubt whether an earlier run of it may have done something: {@code
   *     UNCHANGED_IN_DOUBT}, else {@code UNCHANGED}
   */
  void findUnchanged(
      String flowId, Command command, Echo echo, Map<String, Object> result, boolean inDoubt);

  /**
   * Answers that the command failed.
   *
   * @param outcome the SDK's outcome ({@code NO_EFFECT}, {@code UNKNOWN}, {@code FENCED}, {@code
   *     LATE_EFFECT}), or null
   */
  void fail(String flowId, Command command, Echo echo, String error, @Nullable String outcome);

  /** Answers that the command failed, and requests a pause before the next attempt. */
  void failNotBefore(String flowId, Command command, Echo echo, String error, Duration pause);

  /** Answers {@code FAIL_STEP}. */
  void failForGood(String flowId, Command command, Echo echo, String error);

  /** Sends a signal with this control id. */
  void signal(
      String flowId,
      String signalId,
      String name,
      String by,
      @Nullable Map<String, Object> payload);

  /** Sends a signal as the API does, with a verified sender. */
  void signalVerified(
      String flowId, String signalId, String name, String by, Map<String, Object> payload);

  /** Completes a task as the API does for somebody who may complete only tasks for these names. */
  void completeAs(
      String flowId, String signalId, String task, List<String> names, Map<String, Object> payload);

  /** Assigns a task; an empty assignee gives it back to all candidates. */
  void assign(String flowId, String controlId, String step, String assignee);

  void control(
      String flowId, ControlAction verb, @Nullable String step, Map<String, Object> payload);

  /** Moves the clock, and fires everything that is due. */
  void pass(Duration time);

  /** The current flow, live or ended. */
  FlowState flow(String flowId);

  /** The types and reasons of the audit entries so far, as {@code TYPE step reason}. */
  List<String> audit(String flowId);

  @Override
  void close();
}
