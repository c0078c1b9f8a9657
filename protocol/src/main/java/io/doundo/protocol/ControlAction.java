package io.doundo.protocol;

import java.util.List;

/** What a control record asks for: an operator's verb, a signal, or who a task is for. */
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
  /** Not among the verbs of operators: says who a task is for. */
  ASSIGN;

  /** The verbs of operators. */
  public static final List<ControlAction> VERBS =
      List.of(UNDO, CANCEL, RETRY, SKIP, RESOLVE, PAUSE, RESUME, ABANDON);
}
