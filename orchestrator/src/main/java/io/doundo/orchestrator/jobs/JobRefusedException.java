package io.doundo.orchestrator.jobs;

/** A job cannot do this; the message says why, to a person. */
public final class JobRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public JobRefusedException(String reason) {
    super(reason);
  }
}
