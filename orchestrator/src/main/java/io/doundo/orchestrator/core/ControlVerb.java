package io.doundo.orchestrator.core;

/** What an operator can ask of a flow. */
public enum ControlVerb {
  /** Undo what was done; also of a completed flow within its undo window. */
  UNDO,
  /** Stop a running flow and undo what was done. */
  CANCEL,
  /** Send a failed step's command again, with a new generation, or now rather than later. */
  RETRY,
  /** Pass over a step: forward as if it had succeeded, backward as if it had been undone. */
  SKIP,
  /** Record what was settled by hand. */
  RESOLVE,
  /** Record answers but send nothing. */
  PAUSE,
  /** Go on after a pause. */
  RESUME,
  /** End the flow without undo. */
  ABANDON
}
