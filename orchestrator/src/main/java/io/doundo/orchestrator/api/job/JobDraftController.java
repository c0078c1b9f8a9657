package io.doundo.orchestrator.api.job;

import static io.doundo.orchestrator.api.job.JobRefusals.answered;
import static io.doundo.orchestrator.api.job.JobRefusals.bad;

import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FilterText;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.orchestrator.jobs.JobVerb;
import io.doundo.orchestrator.jobs.Jobs;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Makes bulk jobs: which flows or dead letters are meant, what is asked of them, and why. */
@RestController
@Tag(name = "Jobs")
class JobDraftController {

  private static final Logger LOG = LoggerFactory.getLogger(JobDraftController.class);
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

  JobDraftController(Jobs jobs, FlowWaits waits) {
    this.jobs = jobs;
    this.waits = waits;
  }

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
    JobRefusals.requireAudit(waits);
    String caller = RequestBodies.caller(principal);
    JobFields fields = JobFields.of(request, FIELDS);
    boolean isStored = !dryRun && !fields.isTrue("dryRun");
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

  private static boolean isResend(JobFields fields) {
    RawJson verb = fields.get("verb");
    return verb != null
        && verb.isString()
        && Json.text(verb).toUpperCase(Locale.ROOT).equals(JobVerb.RESEND.name());
  }

  private Job resend(JobFields fields, String caller, boolean isStored) {
    for (String name : List.of("flowIds", "ranOn", "step", "payload")) {
      if (fields.has(name)) {
        throw bad("A job that sends dead letters again has no \"%s\".".formatted(name));
      }
    }
    RawJson filter = fields.get("filter");
    RawJson ids = fields.get("deadLetters");
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
            fields.perSecond(),
            fields.isTrue("incomplete"));
    return answered(() -> jobs.draft(request, caller, isStored));
  }

  private Job flows(JobFields fields, String caller, boolean isStored) {
    ControlCommand command = command(fields, caller);
    if (fields.has("deadLetters")) {
      throw bad("\"deadLetters\" goes with the verb RESEND only.");
    }
    RawJson filter = fields.get("filter");
    RawJson flowIds = fields.get("flowIds");
    RawJson ranOn = fields.get("ranOn");
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
            fields.get("payload"),
            String.valueOf(command.reason()),
            listed == null ? null : listed.query(listed.orchestration()),
            text,
            flowIds == null ? null : texts("flowIds", flowIds),
            ranOn == null ? null : ranOn(ranOn),
            fields.perSecond(),
            fields.isTrue("incomplete"));
    return answered(() -> jobs.draft(request, caller, isStored));
  }

  /** The request as one to a single flow, by which it is checked. */
  private static ControlCommand command(JobFields fields, String caller) {
    RawJson verb = fields.get("verb");
    if (verb == null || !verb.isString()) {
      throw bad("The job has no \"verb\"; use one of " + Arrays.toString(JobVerb.values()) + '.');
    }
    Map<String, RawJson> record = new HashMap<>();
    record.put("controlId", Json.string("job"));
    record.put("flowId", Json.string("flow"));
    record.put("action", Json.string(Json.text(verb).toUpperCase(Locale.ROOT)));
    record.put("reason", Json.string(reason(fields)));
    record.put("requestedBy", Json.string(caller));
    RawJson step = fields.get("step");
    if (step != null) {
      record.put("stepName", step);
    }
    RawJson payload = fields.get("payload");
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

  private static String reason(JobFields fields) {
    RawJson reason = fields.get("reason");
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
    JobFields fields = JobFields.of(json.bytes(), RAN_ON_FIELDS);
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

  private static Instant time(JobFields fields, String name) {
    Instant time = FlowFilter.time("ranOn." + name, text(fields, name, true));
    if (time == null) {
      throw bad("ranOn has no \"" + name + "\".");
    }
    return time;
  }

  private static @Nullable String text(JobFields fields, String name, boolean isRequired) {
    RawJson value = fields.get(name);
    if (value == null && isRequired) {
      throw bad("ranOn has no \"" + name + "\".");
    }
    if (value != null && !value.isString()) {
      throw bad("ranOn.%s must be a text.".formatted(name));
    }
    return value == null ? null : Json.text(value);
  }
}
