package io.doundo.history;

/** What kind of worker keeps the ledger of a step: what can be promised of its effects. */
public record Service(String orchestrationName, String step, Kind kind) {

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
