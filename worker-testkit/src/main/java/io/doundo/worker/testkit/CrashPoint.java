package io.doundo.worker.testkit;

/** Where a worker dies. Its fence keeps what it knows; the command is delivered again some day. */
public enum CrashPoint {
  /** It may run, and has not begun. */
  BEFORE_THE_HANDLER("before its handler ran"),
  /** Its handler has returned, and the fence does not know. */
  BEFORE_THE_RECORD("after its handler ran and before the fence knew"),
  /** The fence knows, and the orchestrator does not. */
  BEFORE_THE_ANSWER("after the fence knew and before it was answered");

  private final String words;

  CrashPoint(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
