package io.doundo.protocol;

import java.util.List;

/** The action of a control record: an operator's verb, a signal, or the assignment of a task. */
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
  SIGNAL,
  /** Not among the verbs of operators: assigns a task. */
  ASSIGN;

  /** The verbs of operators. */
  public static final List<ControlAction> VERBS =
      List.of(UNDO, CANCEL, RETRY, SKIP, RESOLVE, PAUSE, RESUME, ABANDON);
}
