package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FilterText;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.jobs.ItemResult;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.orchestrator.jobs.JobRefusedException;
import io.doundo.orchestrator.jobs.JobSearchOffException;
import io.doundo.orchestrator.jobs.JobVerb;
import io.doundo.orchestrator.jobs.Jobs;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Bulk jobs: one verb for many flows, or many dead letters sent again. */
@RestController
@Tag(name = "Jobs")
class JobController {

  private static final Logger LOG = LoggerFactory.getLogger(JobController.class);
  private static final int MAX_LIMIT = 1_000;
  private static final int MOST_REASON = 1_000;
  private static final Set<String> FIELDS =
      Set.of(
          "verb",
          "filter",
          "flowIds",
          "deadLetters",
          "ranOn",
          "step",
          "payload",
          "reason",
          "perSecond",
          "incomplete",
          "dryRun");
  private static final Set<String> RAN_ON_FIELDS =
      Set.of("orchestration", "step", "workerVersion", "from", "to");

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

  /**
   * A flow of a job, or a dead letter.
   *
   * @param flowId of a job that sends dead letters again, the id of a dead letter
   * @param result LEFT, SENT, ACCEPTED, REFUSED or CHANGED
   * @param reason why it was refused; null when it was not
   * @param outcome RECOVERED, TRYING, PARKED_AGAIN or ABANDONED, or of a dead letter RESENT or
   *     DEAD_LETTERED_AGAIN; null when it has not accepted
   */
  record ItemView(
      String flowId,
      int transition,
      String result,
      @Nullable String reason,
      @Nullable String outcome) {

    static ItemView of(Jobs.Item item) {
      ItemResult result = item.result();
      String outcome =
          switch (result) {
            case RECOVERED, COMPLETED, UNDONE -> "RECOVERED";
            case TRYING, PARKED_AGAIN, ABANDONED, RESENT, DEAD_LETTERED_AGAIN -> result.name();
            case LEFT, REFUSED, CHANGED -> null;
          };
      String said =
          switch (result) {
            case RECOVERED, COMPLETED, UNDONE, ABANDONED, TRYING, PARKED_AGAIN -> "ACCEPTED";
            case RESENT, DEAD_LETTERED_AGAIN -> "ACCEPTED";
            case LEFT -> item.isSent() ? "SENT" : "LEFT";
            case REFUSED, CHANGED -> result.name();
          };
      return new ItemView(item.flowId(), item.transition(), said, item.reason(), outcome);
    }
  }

  /** A page of the flows of a job, in its order. */
  record ItemPage(List<ItemView> items, @Nullable String nextCursor, @JsonUnwrapped ListAge age) {}

  @Operation(
      summary = "Make a bulk job",
      description =
          "The body is {\"verb\", \"filter\" | \"flowIds\" | \"ranOn\", \"step\", \"payload\","
              + " \"reason\", \"perSecond\", \"dryRun\"}. filter is the query of GET /api/flows as one"
              + " text, or an object; ranOn is {\"orchestration\", \"step\", \"workerVersion\", \"from\","
              + " \"to\"}: the flows whose step that version of its worker ran within the time, ended"
              + " ones included. The flows that match are frozen: only these are asked, and those that"
              + " have changed since then are not touched. Nothing is sent before the job is started,"
              + " within ten minutes. With dryRun true, there or as a parameter, nothing is stored. If the lists may miss flows,"
              + " a filter is refused unless incomplete is true. The verb RESEND sends dead letters"
              + " again as they are: filter is the query of GET /api/dead-letters then, and"
              + " deadLetters names some by their ids; registrations and requests on behalf of"
              + " somebody else are not sent in bulk.")
  @PostMapping("/api/jobs")
  ResponseEntity<JobView> draft(
      @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      Principal principal) {
    requireAudit();
    String caller = RequestBodies.caller(principal);
    Map<String, RawJson> fields = fields(RequestBodies.bytes(request), FIELDS);
    boolean isStored = !dryRun && !isTrue(fields, "dryRun");
    Job job = isResend(fields) ? resend(fields, caller, isStored) : flows(fields, caller, isStored);
    if (!isStored) {
      return ResponseEntity.ok(JobView.unstored(job));
    }
    LOG.info(
        "Job {}: {} of {} flows drafted by {}",
        job.definition().jobId(),
        job.definition().verb(),
        job.definition().matched(),
        caller);
    return ResponseEntity.status(HttpStatus.CREATED).body(JobView.of(job));
  }

  @Operation(summary = "List bulk jobs, newest first")
  @GetMapping("/api/jobs")
  JobList list(@RequestParam(name = "limit", defaultValue = "50") int limit) {
    requireLimit(limit);
    return new JobList(
        jobs.all().stream().limit(limit).map(JobView::inList).toList(), jobs.owner(), jobs.age());
  }

  @Operation(summary = "Show a bulk job")
  @GetMapping("/api/jobs/{jobId}")
  JobView one(@PathVariable("jobId") String jobId) {
    return view(jobId, jobs.find(jobId));
  }

  @Operation(
      summary = "Start a bulk job",
      description =
          "The body is optional: {\"first\": true} asks one flow and pauses, {\"first\": \"ord-17\"}"
              + " this one. 409 when the preview is older than ten minutes.")
  @PostMapping("/api/jobs/{jobId}/start")
  JobView start(
      @PathVariable("jobId") String jobId, HttpServletRequest request, Principal principal) {
    requireAudit();
    Map<String, RawJson> body = fields(RequestBodies.bytes(request), Set.of("first"));
    RawJson first = present(body, "first");
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
    requireAudit();
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
    Integer perSecond = perSecond(fields(RequestBodies.bytes(request), Set.of("perSecond")));
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
    int from = cursor == null || cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    Jobs.Items items =
        answered(() -> jobs.items(jobId, results(outcome), limit, from))
            .orElseThrow(() -> unknown(jobId));
    Integer next = items.next();
    return new ItemPage(
        items.items().stream().map(ItemView::of).toList(),
        next == null ? null : next.toString(),
        jobs.age());
  }

  private static Set<ItemResult> results(@Nullable List<String> outcomes) {
    if (outcomes == null || outcomes.isEmpty()) {
      return EnumSet.allOf(ItemResult.class);
    }
    Set<ItemResult> results = EnumSet.noneOf(ItemResult.class);
    for (String outcome : outcomes) {
      switch (outcome.toUpperCase(Locale.ROOT)) {
        case "LEFT" -> results.add(ItemResult.LEFT);
        case "REFUSED" -> results.add(ItemResult.REFUSED);
        case "CHANGED" -> results.add(ItemResult.CHANGED);
        case "TRYING" -> results.add(ItemResult.TRYING);
        case "PARKED_AGAIN" -> results.add(ItemResult.PARKED_AGAIN);
        case "ABANDONED" -> results.add(ItemResult.ABANDONED);
        case "RESENT" -> results.add(ItemResult.RESENT);
        case "DEAD_LETTERED_AGAIN" -> results.add(ItemResult.DEAD_LETTERED_AGAIN);
        case "RECOVERED" ->
            results.addAll(
                EnumSet.of(ItemResult.RECOVERED, ItemResult.COMPLETED, ItemResult.UNDONE));
        case "ACCEPTED" ->
            EnumSet.allOf(ItemResult.class).stream()
                .filter(ItemResult::isAccepted)
                .forEach(results::add);
        default ->
            throw bad(
                "outcome must be LEFT, ACCEPTED, REFUSED, CHANGED, RECOVERED, TRYING, PARKED_AGAIN, ABANDONED, RESENT or DEAD_LETTERED_AGAIN, but is \"%s\"."
                    .formatted(outcome));
      }
    }
    return results;
  }

  private static boolean isResend(Map<String, RawJson> fields) {
    RawJson verb = present(fields, "verb");
    return verb != null
        && verb.isString()
        && Json.text(verb).toUpperCase(Locale.ROOT).equals(JobVerb.RESEND.name());
  }

  private Job resend(Map<String, RawJson> fields, String caller, boolean isStored) {
    for (String name : List.of("flowIds", "ranOn", "step", "payload")) {
      if (present(fields, name) != null) {
        throw bad("A job that sends dead letters again has no \"%s\".".formatted(name));
      }
    }
    RawJson filter = present(fields, "filter");
    RawJson ids = present(fields, "deadLetters");
    if ((filter == null) == (ids == null)) {
      throw bad("Say which dead letters are meant, in one way: \"filter\" or \"deadLetters\".");
    }
    String text = filter == null ? null : FilterText.textOf(filter);
    if (text != null && text.isEmpty()) {
      throw bad(
          "The filter is empty, and would match every dead letter; name at least a topic or a"
              + " fingerprint.");
    }
    Jobs.ResendRequest request =
        new Jobs.ResendRequest(
            reason(fields),
            filter == null ? null : FilterText.ofDeadLetters(filter).filter(),
            text,
            ids == null ? null : texts("deadLetters", ids),
            perSecond(fields),
            isTrue(fields, "incomplete"));
    return answered(() -> jobs.draft(request, caller, isStored));
  }

  private Job flows(Map<String, RawJson> fields, String caller, boolean isStored) {
    ControlCommand command = command(fields, caller);
    if (present(fields, "deadLetters") != null) {
      throw bad("\"deadLetters\" goes with the verb RESEND only.");
    }
    RawJson filter = present(fields, "filter");
    RawJson flowIds = present(fields, "flowIds");
    RawJson ranOn = present(fields, "ranOn");
    int sources = (filter == null ? 0 : 1) + (flowIds == null ? 0 : 1) + (ranOn == null ? 0 : 1);
    if (sources != 1) {
      throw bad(
          "Say which flows are meant, in one way: \"filter\", \"flowIds\" or \"ranOn\". A job for"
              + " all flows has a filter that says so, such as status=PARKED.");
    }
    String text = filter == null ? null : FilterText.textOf(filter);
    if (text != null && text.isEmpty()) {
      throw bad("The filter is empty, and would match every flow; name at least a status.");
    }
    FlowFilter listed = filter == null ? null : FilterText.of(filter);
    Jobs.Request request =
        new Jobs.Request(
            command.action(),
            command.stepName(),
            present(fields, "payload"),
            String.valueOf(command.reason()),
            listed == null ? null : listed.query(listed.orchestration()),
            text,
            flowIds == null ? null : texts("flowIds", flowIds),
            ranOn == null ? null : ranOn(ranOn),
            perSecond(fields),
            isTrue(fields, "incomplete"));
    return answered(() -> jobs.draft(request, caller, isStored));
  }

  private static boolean isTrue(Map<String, RawJson> fields, String name) {
    RawJson given = present(fields, name);
    if (given != null && !Set.of("true", "false").contains(given.toString())) {
      throw bad("\"%s\" must be true or false.".formatted(name));
    }
    return given != null && given.toString().equals("true");
  }

  /** The request as one to a single flow, by which it is checked. */
  private static ControlCommand command(Map<String, RawJson> fields, String caller) {
    RawJson verb = present(fields, "verb");
    if (verb == null || !verb.isString()) {
      throw bad("The job has no \"verb\"; use one of " + Arrays.toString(JobVerb.values()) + '.');
    }
    Map<String, RawJson> record = new HashMap<>();
    record.put("controlId", Json.string("job"));
    record.put("flowId", Json.string("flow"));
    record.put("action", Json.string(Json.text(verb).toUpperCase(Locale.ROOT)));
    record.put("reason", Json.string(reason(fields)));
    record.put("requestedBy", Json.string(caller));
    RawJson step = present(fields, "step");
    if (step != null) {
      record.put("stepName", step);
    }
    RawJson payload = present(fields, "payload");
    if (payload != null) {
      record.put("payload", payload);
    }
    try {
      ControlCommand command =
          ControlCommand.decode(Json.object(record).bytes(), null, HeaderLookup.NONE);
      if (!ControlAction.VERBS.contains(command.action())) {
        throw bad("\"verb\" must be one of %s.".formatted(Arrays.toString(JobVerb.values())));
      }
      boolean needsStep =
          command.action() == ControlAction.SKIP || command.action() == ControlAction.RESOLVE;
      if (needsStep && command.stepName() == null) {
        throw bad(command.action() + " needs a \"step\".");
      }
      return command;
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  /** Why something is asked of a job that has a reason of its own; null when nothing is said. */
  private static @Nullable String why(HttpServletRequest request) {
    RawJson reason = present(fields(RequestBodies.bytes(request), Set.of("reason")), "reason");
    if (reason == null) {
      return null;
    }
    String text = reason.isString() ? Json.text(reason).strip() : "";
    if (!reason.isString() || text.length() > MOST_REASON) {
      throw bad("\"reason\" must be a text of at most %,d characters.".formatted(MOST_REASON));
    }
    return text.isEmpty() ? null : text;
  }

  private static String reason(Map<String, RawJson> fields) {
    RawJson reason = present(fields, "reason");
    if (reason == null || !reason.isString() || Json.text(reason).isBlank()) {
      throw bad(
          "A job needs a \"reason\": it stands in the audit log of each of its flows, and with each"
              + " dead letter that is sent again.");
    }
    return Json.text(reason);
  }

  private static List<String> texts(String field, RawJson json) {
    JsonNode list = Json.MAPPER.readTree(json.bytes());
    List<String> ids = new ArrayList<>();
    for (JsonNode one : list) {
      if (!one.isString() || one.stringValue().isBlank()) {
        throw bad("\"%s\" must be a list of texts.".formatted(field));
      }
      ids.add(one.stringValue());
    }
    if (!list.isArray() || ids.isEmpty() || ids.size() > Jobs.MOST_NAMED) {
      throw bad(
          "\"%s\" must be a list of 1 to %,d ids; use a filter for more."
              .formatted(field, Jobs.MOST_NAMED));
    }
    return ids;
  }

  private static RanOn ranOn(RawJson json) {
    if (!json.isObject()) {
      throw bad("\"ranOn\" must be an object with step, workerVersion, from and to.");
    }
    Map<String, RawJson> fields = fields(json.bytes(), RAN_ON_FIELDS);
    Instant from = time(fields, "from");
    Instant to = time(fields, "to");
    if (!from.isBefore(to)) {
      throw bad("ranOn.from must be before ranOn.to.");
    }
    return new RanOn(
        text(fields, "orchestration", false),
        String.valueOf(text(fields, "step", true)),
        workerVersion(text(fields, "workerVersion", true)),
        from,
        to);
  }

  /** In the form in which flows keep it. */
  private static String workerVersion(@Nullable String given) {
    String version = AnswerEnvelope.workerVersion(given);
    if (version == null) {
      throw bad("ranOn.workerVersion is empty.");
    }
    return version;
  }

  private static Instant time(Map<String, RawJson> fields, String name) {
    Instant time = FlowFilter.time("ranOn." + name, text(fields, name, true));
    if (time == null) {
      throw bad("ranOn has no \"" + name + "\".");
    }
    return time;
  }

  private static @Nullable String text(
      Map<String, RawJson> fields, String name, boolean isRequired) {
    RawJson value = present(fields, name);
    if (value == null && isRequired) {
      throw bad("ranOn has no \"" + name + "\".");
    }
    if (value != null && !value.isString()) {
      throw bad("ranOn.%s must be a text.".formatted(name));
    }
    return value == null ? null : Json.text(value);
  }

  private static @Nullable Integer perSecond(Map<String, RawJson> fields) {
    RawJson given = present(fields, "perSecond");
    if (given == null) {
      return null;
    }
    if (!given.toString().matches("\\d{1,4}")) {
      throw bad("\"perSecond\" must be 1 to %d.".formatted(Job.MOST_PER_SECOND));
    }
    int perSecond = Integer.parseInt(given.toString());
    if (perSecond < 1 || perSecond > Job.MOST_PER_SECOND) {
      throw bad("\"perSecond\" must be 1 to %d.".formatted(Job.MOST_PER_SECOND));
    }
    return perSecond;
  }

  private static Map<String, RawJson> fields(byte[] body, Set<String> known) {
    try {
      Map<String, RawJson> fields = body.length == 0 ? Map.of() : Json.fields(body);
      RequestBodies.requireKnown(fields.keySet(), known);
      return fields;
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private static @Nullable RawJson present(Map<String, RawJson> fields, String name) {
    RawJson value = fields.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private static <T> T answered(Supplier<T> asked) {
    try {
      return asked.get();
    } catch (JobRefusedException e) {
      throw new ApiProblem(ProblemKind.JOB_REFUSED, String.valueOf(e.getMessage()), Map.of(), e);
    } catch (JobSearchOffException e) {
      throw new ApiProblem(ProblemKind.SEARCH_OFF, String.valueOf(e.getMessage()), Map.of(), e);
    }
  }

  private void requireAudit() {
    if (!waits.possible()) {
      throw new ApiProblem(
          ProblemKind.AUDIT_OFF,
          "A job reads the answers of its flows in the audit log, and doundo.audit is off.");
    }
  }

  private static void requireLimit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw bad("limit must be 1 to %d, but is %d.".formatted(MAX_LIMIT, limit));
    }
  }

  private static JobView view(String jobId, Optional<Job> job) {
    return job.map(JobView::of).orElseThrow(() -> unknown(jobId));
  }

  static ApiProblem unknown(String jobId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_JOB,
        "There is no job \"%s\", or it is so old that it was removed.".formatted(jobId));
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
