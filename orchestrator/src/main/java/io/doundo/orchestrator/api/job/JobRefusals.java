package io.doundo.orchestrator.api.job;

import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.jobs.JobRefusedException;
import io.doundo.orchestrator.jobs.JobSearchOffException;
import java.util.Map;
import java.util.function.Supplier;

/** How requests about bulk jobs are refused. */
final class JobRefusals {

  private JobRefusals() {}

  static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }

  /** What is asked of the jobs, with their refusal as a problem. */
  static <T> T answered(Supplier<T> asked) {
    try {
      return asked.get();
    } catch (JobRefusedException e) {
      throw new ApiProblem(ProblemKind.JOB_REFUSED, String.valueOf(e.getMessage()), Map.of(), e);
    } catch (JobSearchOffException e) {
      throw new ApiProblem(ProblemKind.SEARCH_OFF, String.valueOf(e.getMessage()), Map.of(), e);
    }
  }

  /** Refuses what sends requests to flows while their answers cannot be read. */
  static void requireAudit(FlowWaits waits) {
    if (!waits.possible()) {
      throw new ApiProblem(
          ProblemKind.AUDIT_OFF,
          "A job reads the answers of its flows in the audit log, and doundo.audit is off.");
    }
  }
}
