package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.index.RowCursor.FlowSet;

/** The flows of bulk jobs, which somebody else knows. Thread-safe. */
@FunctionalInterface
public interface FlowSets {

  /** There is no such job. */
  final class UnknownJobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String jobId;

    public UnknownJobException(String jobId) {
      super("There is no job " + jobId + '.');
      this.jobId = jobId;
    }

    public String jobId() {
      return jobId;
    }
  }

  /**
   * The flows of a job.
   *
   * @throws UnknownJobException when there is no such job
   * @throws ReadsUnavailableException when they cannot be read right now
   */
  FlowSet ofJob(String jobId);
}
