package io.doundo.orchestrator.play;

import io.doundo.protocol.ControlAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a flow stands where it stands.
 *
 * @param headline the first of the facts
 * @param since since when it has been so; null where that is not kept
 * @param waitsFor the next thing that moves the flow; null when it has ended, or when nothing is
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

  /** What a flow can wait for. */
  public enum Kind {
    /** An operator has to ask for something. */
    OPERATOR,
    /** Its orchestration is not registered yet. */
    DEFINITION,
    /** A worker that serves the step. */
    WORKER,
    /** The answer of a worker that was asked. */
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
    TIME
  }

  /**
   * The next thing that moves the flow.
   *
   * @param step null when it concerns the whole flow
   * @param topic where its command went; null when none did
   * @param until when it is waited for no longer; null for no limit
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
