package io.doundo.orchestrator.jobs;

/** What tests of other packages do to the runner of the jobs. */
public final class JobRunners {

  private JobRunners() {}

  /** Makes it forget what it has not written yet, and leave the jobs to another instance. */
  public static void crash(JobRunner runner) {
    runner.crash();
  }
}
