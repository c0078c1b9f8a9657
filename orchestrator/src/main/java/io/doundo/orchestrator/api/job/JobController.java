package io.doundo.orchestrator.api.job;

import static io.doundo.orchestrator.api.job.JobRefusals.answered;
import static io.doundo.orchestrator.api.job.JobRefusals.bad;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.orchestrator.jobs.Jobs;
import io.doundo.orchestrator.query.TopicProgress.EntryAge;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows bulk jobs, one verb for many flows or many dead letters sent again, and steers them. */
@RestController
@Tag(name = "Jobs")
class JobController {

  private static final Logger LOG = LoggerFactory.getLogger(JobController.class);
  private static final int MAX_LIMIT = 1_000;
  private static final int MOST_REASON = 1_000;

  private final Jobs jobs;
  private final FlowWaits waits;

  JobController(Jobs jobs, FlowWaits waits) {
    this.jobs = jobs;
    this.waits = waits;
  }

  /**
   * Jobs in a list.
   *
   * @param owner the instance that runs them; null while it is not known
   */
  record JobList(List<JobView> jobs, @Nullable String owner, @JsonUnwrapped ListAge age) {}

  /** A job, and how fresh that is. */
  record ShownJob(@JsonUnwrapped JobView job, @JsonUnwrapped EntryAge age) {}

  /** A page of the flows of a job, in its order. */
  record ItemPage(List<ItemView> items, @Nullable String nextCursor, @JsonUnwrapped ListAge age) {}

  @Operation(summary = "List bulk jobs, newest first")
  @GetMapping("/api/jobs")
  JobList list(@RequestParam(name = "limit", defaultValue = "50") int limit) {
    requireLimit(limit);
    // Before the jobs are read: they are at least as fresh.
    ListAge age = jobs.age();
    return new JobList(
        jobs.all().stream().limit(limit).map(JobView::inList).toList(), jobs.owner(), age);
  }

  @Operation(
      summary = "Show a bulk job",
      description = "asOf, lagMs and complete say how fresh the answer is.")
  @GetMapping("/api/jobs/{jobId}")
  ShownJob one(@PathVariable("jobId") String jobId) {
    EntryAge age = jobs.age().ofOne();
    return new ShownJob(view(jobId, jobs.find(jobId)), age);
  }

  @Operation(
      summary = "Start a bulk job",
      description =
          "The body is optional: {\"first\": true} asks one flow and pauses, {\"first\": \"ord-17\"}"
              + " this one. 409 when the preview is older than ten minutes.")
  @PostMapping("/api/jobs/{jobId}/start")
  JobView start(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    JobRefusals.requireAudit(waits);
    RawJson first = JobFields.of(request, Set.of("first")).get("first");
    boolean isTrial = first != null && !first.toString().equals("false");
    if (first != null && !first.isString() && !Set.of("true", "false").contains(first.toString())) {
      throw bad("\"first\" must be true, false or a flowId.");
    }
    String flowId = first != null && first.isString() ? Json.text(first) : null;
    String caller = RequestBodies.caller(principal);
    LOG.info("Job {}: started by {}", jobId, caller);
    return view(jobId, answered(() -> jobs.start(jobId, caller, isTrial, flowId)));
  }

  @Operation(
      summary = "Pause a bulk job: nothing more is sent until it is resumed",
      description = "The body is optional: {\"reason\"}, which is shown with the job.")
  @PostMapping("/api/jobs/{jobId}/pause")
  JobView pause(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    String reason = why(request);
    String caller = RequestBodies.caller(principal);
    LOG.info("Job {}: paused by {}", jobId, caller);
    return view(jobId, answered(() -> jobs.pause(jobId, caller, reason)));
  }

  @Operation(
      summary = "Resume a bulk job; after a trial, with all its flows",
      description = "The body is optional: {\"reason\"}, which is shown with the job.")
  @PostMapping("/api/jobs/{jobId}/resume")
  JobView resume(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    JobRefusals.requireAudit(waits);
    String reason = why(request);
    String caller = RequestBodies.caller(principal);
    LOG.info("Job {}: resumed by {}", jobId, caller);
    return view(jobId, answered(() -> jobs.resume(jobId, caller, reason)));
  }

  @Operation(
      summary = "Stop a bulk job for good",
      description =
          "Requests that were sent are not taken back, and their outcomes are still counted. The"
              + " body is optional: {\"reason\"}, which is shown with the job.")
  @PostMapping("/api/jobs/{jobId}/stop")
  JobView stop(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    String reason = why(request);
    String caller = RequestBodies.caller(principal);
    LOG.info("Job {}: stopped by {}", jobId, caller);
    return view(jobId, answered(() -> jobs.stop(jobId, caller, reason)));
  }

  @Operation(
      summary = "Change the rate of a bulk job",
      description = "The body is {\"perSecond\": 50}, 1 to 1000.")
  @PatchMapping("/api/jobs/{jobId}")
  JobView rate(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    Integer perSecond = JobFields.of(request, Set.of("perSecond")).perSecond();
    if (perSecond == null) {
      throw bad("The body must be {\"perSecond\": n}.");
    }
    LOG.info("Job {}: {} a second by {}", jobId, perSecond, RequestBodies.caller(principal));
    return view(jobId, answered(() -> jobs.rate(jobId, perSecond)));
  }

  @Operation(
      summary = "List the flows of a bulk job with their results",
      description =
          "outcome may be repeated: LEFT (not sent or not answered yet), ACCEPTED, REFUSED, CHANGED,"
              + " RECOVERED, TRYING, PARKED_AGAIN, ABANDONED; of a job that sends dead letters again"
              + " RESENT and DEAD_LETTERED_AGAIN.")
  @GetMapping("/api/jobs/{jobId}/items")
  ItemPage items(
      @PathVariable("jobId") String jobId,
      @RequestParam(name = "outcome", required = false) @Nullable List<String> outcome,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    requireLimit(limit);
    if (cursor != null && !cursor.isEmpty() && !cursor.matches("\\d{1,9}")) {
      throw bad("cursor must be the nextCursor of an earlier page.");
    }
    ListAge age = jobs.age();
    int from = cursor == null || cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    Jobs.Items items =
        answered(() -> jobs.items(jobId, ItemView.results(outcome), limit, from))
            .orElseThrow(() -> ApiProblem.unknownJob(jobId));
    Integer next = items.next();
    return new ItemPage(
        items.items().stream().map(ItemView::of).toList(),
        next == null ? null : next.toString(),
        age);
  }

  /** Why something is asked of a job that has a reason of its own; null when nothing is said. */
  private static @Nullable String why(HttpServletRequest request) {
    RawJson reason = JobFields.of(request, Set.of("reason")).get("reason");
    if (reason == null) {
      return null;
    }
    String text = reason.isString() ? Json.text(reason).strip() : "";
    if (!reason.isString() || text.length() > MOST_REASON) {
      throw bad("\"reason\" must be a text of at most %,d characters.".formatted(MOST_REASON));
    }
    return text.isEmpty() ? null : text;
  }

  private static void requireLimit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw bad("limit must be 1 to %d, but is %d.".formatted(MAX_LIMIT, limit));
    }
  }

  private static JobView view(String jobId, Optional<Job> job) {
    return job.map(JobView::of).orElseThrow(() -> ApiProblem.unknownJob(jobId));
  }
}
