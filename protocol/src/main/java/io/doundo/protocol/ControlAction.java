package io.doundo.protocol;

/** An operator's verb on {@code orchestrator.control}. */
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
