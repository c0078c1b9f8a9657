package io.doundo.protocol;

import java.util.List;

/** What a control record asks for: an operator's verb, or that a signal is passed on. */
public enum ControlAction {
  UNDO,
  CANCEL,
  RETRY,
  SKIP,
  RESOLVE,
  PAUSE,
  RESUME,
  ABANDON,
  /** Not a verb of operators: a step of the flow may wait for it. */
  SIGNAL;

  /** The verbs of operators. */
  public static final List<ControlAction> VERBS =
      List.of(UNDO, CANCEL, RETRY, SKIP, RESOLVE, PAUSE, RESUME, ABANDON);
}
