package io.doundo.orchestrator.jobs;

/** Where a job stands. */
public enum JobState {
  /** Its flows are frozen and nothing was sent. */
  DRAFT,
  /** Its requests are being sent, or their outcomes are awaited. */
  RUNNING,
  /** Nothing is sent until it is resumed. */
  PAUSED,
  /** An operator has ended it before everything was sent. */
  STOPPED,
  /** Everything was sent and answered, or will not be answered any more. */
  DONE;

  public boolean isEnd() {
    return this == STOPPED || this == DONE;
  }
}
