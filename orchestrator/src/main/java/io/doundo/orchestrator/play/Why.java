package io.doundo.orchestrator.play;

import io.doundo.protocol.ControlAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reason for a flow's current state.
 *
 * @param headline the first of the facts
 * @param since since when; null if that is not recorded
 * @param waitsFor the next event that moves the flow; null when it has ended, or when nothing is
 *     wrong
 * @param facts one sentence each, the most important one first
 * @param suggestions what an operator can do about it
 */
public record Why(
    String headline,
    @Nullable Instant since,
    @Nullable WaitsFor waitsFor,
    List<String> facts,
    List<Suggestion> suggestions) {

  /** The kinds of event for which a flow can wait. */
  public enum Kind {
    /** A request of an operator. */
    OPERATOR,
    /** The registration of its orchestration. */
    DEFINITION,
    /** A worker that serves the step. */
    WORKER,
    /** The answer of a worker to a command. */
    ANSWER,
    /** The delay before the next attempt. */
    RETRY,
    /** The commit of a decision. */
    COMMIT,
    /** A signal from outside. */
    SIGNAL,
    /** A person who completes a task. */
    TASK,
    /** A point in time. */
    TIME,
    /** Flows that are its parts. */
    PARTS,
    /** A breaker that holds back its next command. */
    BREAKER
  }

  /**
   * The next event that moves the flow.
   *
   * @param step null when it concerns the whole flow
   * @param topic the topic of the sent command; null when none was sent
   * @param until when the wait ends; null for no limit
   */
  public record WaitsFor(
      Kind kind, @Nullable String step, @Nullable String topic, @Nullable Instant until) {}

  /**
   * A verb that the flow allows.
   *
   * @param step null for the whole flow
   */
  public record Suggestion(ControlAction verb, @Nullable String step, String label) {}

  public Why {
    facts = List.copyOf(facts);
    suggestions = List.copyOf(suggestions);
  }
}
