package io.doundo.orchestrator.resend;

/** What a record does where it is read. It decides which role may send it again. */
public enum Deed {
  /** Registers an orchestration or a worker. */
  REGISTRATION,
  /** Starts a flow. */
  START,
  /** Answers a command. */
  ANSWER,
  /** Controls a flow or sends it a signal. */
  CONTROL,
  /** Asks a worker to do or undo a step. */
  COMMAND,
  /** Is read by triggers, which start or signal flows. */
  EVENT;

  /**
   * Whether an administrator must send it, rather than an operator. Nobody can answer for a worker
   * over the API, so an edited answer or command is more than an operator may do.
   */
  public boolean needsAdmin(boolean isEdited) {
    return switch (this) {
      case REGISTRATION -> true;
      case ANSWER, COMMAND, EVENT -> isEdited;
      case START, CONTROL -> false;
    };
  }
}
