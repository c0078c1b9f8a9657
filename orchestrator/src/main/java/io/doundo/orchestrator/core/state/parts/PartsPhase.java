package io.doundo.orchestrator.core.state.parts;

/** What a step does with its parts. */
public enum PartsPhase {
  /** It begins them and waits for them. */
  FORWARD,
  /** It has what it needs, and takes back those that it does not need. */
  WON,
  /** It fails, and takes all of them back first. */
  FAILING,
  /** It fails because its time is over, and takes all of them back first. */
  TIMED_OUT,
  /** The flow is being undone: all of them are taken back. */
  UNDO,
  /** It has failed and is retried by an operator: the parts of that attempt are let go first. */
  RETRIED
}
