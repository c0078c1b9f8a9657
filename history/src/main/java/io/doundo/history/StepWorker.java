package io.doundo.history;

/**
 * The kind of worker behind a step's ledger, which decides what can be promised about its effects.
 */
public record StepWorker(String orchestrationName, String step, Kind kind) {

  /** How much the orchestrator knows of a worker's answers. */
  public enum Kind {
    /** The SDK: behind the fence, answers are matched by command id. */
    FENCED,
    /** A plain worker that echoes the attempt. */
    ECHOES_ATTEMPT,
    /** A plain worker that echoes nothing: its answers are counted. */
    ECHOES_NOTHING
  }
}
