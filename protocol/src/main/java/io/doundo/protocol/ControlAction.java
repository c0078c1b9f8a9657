package io.doundo.protocol;

/** What an operator can ask of a flow on {@code orchestrator.control}. */
public enum ControlAction {
  UNDO,
  CANCEL,
  RETRY,
  SKIP,
  RESOLVE,
  PAUSE,
  RESUME,
  ABANDON
}
