package io.doundo.orchestrator.jobs;

/** A job by a filter needs the lists of flows, which are switched off. */
public final class JobSearchOffException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public JobSearchOffException() {
    super("A job by a filter needs the lists of flows; name the flows by flowIds instead.");
  }
}
