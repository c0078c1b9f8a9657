package io.doundo.orchestrator.api.job;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.orchestrator.jobs.Jobs;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Bulk jobs as the live stream reads them again and again, in the form in which REST shows them.
 */
@Component
public class LiveJobs {

  private final Jobs jobs;

  LiveJobs(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * A job without its preview.
   *
   * @throws ApiProblem when there is no such job
   */
  public Supplier<Object> job(String jobId) {
    read(jobId);
    return () -> JobView.inList(read(jobId));
  }

  private Job read(String jobId) {
    return jobs.find(jobId).orElseThrow(() -> ApiProblem.unknownJob(jobId));
  }
}
