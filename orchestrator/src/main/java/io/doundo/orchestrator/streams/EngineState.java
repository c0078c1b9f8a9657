package io.doundo.orchestrator.streams;

/** Where the engine stands, for health and readiness. */
public enum EngineState {
  /** Not started yet. */
  CREATED,
  /** Joining the group, or restoring its stores. */
  RESTORING,
  /** Taking records. */
  RUNNING,
  /** Stopped by a failure it cannot overcome. */
  FAILED,
  /** Closing or closed. */
  STOPPED
}
