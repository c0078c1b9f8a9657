package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.Caller;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.api.request.Unanswered;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.play.DryRun;
import io.doundo.orchestrator.play.PlannedCommand;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.flow.FlowForecasts;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import tools.jackson.databind.JsonNode;

/** Carries an operator's wishes to the flows. */
@RestController
@Tag(name = "Flows")
class ControlController {

  private static final Duration ANSWER_WAIT = Duration.ofSeconds(15);
  private static final Set<String> SIGNAL_FIELDS = Set.of("payload", "controlId", "onBehalfOf");
  private static final Set<String> FIELDS =
      Set.of("stepName", "payload", "reason", "controlId", "expect", "expectTransition");

  private final RecordSender sender;
  private final FlowWaits waits;
  private final Flows flows;
  private final FlowForecasts forecasts;
  private final Executor executor;
  private final SenderMark senderMark;

  ControlController(
      RecordSender sender,
      FlowWaits waits,
      Flows flows,
      FlowForecasts forecasts,
      Executor apiExecutor,
      SenderMark senderMark) {
    this.forecasts = forecasts;
    this.executor = apiExecutor;
    this.senderMark = senderMark;
    this.sender = sender;
    this.waits = waits;
    this.flows = flows;
  }

  /**
   * A wish that was carried out.
   *
   * @param status the flow's status after it
   */
  record ControlResult(String flowId, String controlId, boolean accepted, String status) {}

  /**
   * What a request would do.
   *
   * @param transition the number of the flow's last transition, to be expected by the request
   */
  record DryRunResult(
      String flowId, ControlAction verb, int transition, Instant asOf, WouldBe wouldBe) {}

  /**
   * The flow after a request, if nothing else happens to it.
   *
   * @param status the flow's status then
   * @param events the entries of the audit log
   * @param commands in the order of sending
   */
  record WouldBe(
      FlowStatus status,
      List<DryRun.Entry> events,
      List<PlannedCommand> commands,
      List<DryRun.AskedParts> parts) {}

  /** A request that was written, with an unknown outcome. */
  record ControlSent(String flowId, String controlId, String note) {}

  @Operation(
      summary = "Undo, cancel, retry, skip, resolve, pause, resume or abandon a flow",
      description =
          "The body is optional: {\"stepName\", \"payload\", \"reason\", \"controlId\","
              + " \"expect\", \"expectTransition\"}. Answers 200 once the request is applied and"
              + " committed, or 409 with the reason. A repeated controlId gets the same outcome, and"
              + " every problem names it, also one that the server has made. With"
              + " \"expect\": {\"statuses\", \"transition\"} the request is refused as"
              + " CHANGED_MEANWHILE if the flow has changed; \"expectTransition\" is short for its"
              + " transition. With dryRun=true nothing is sent: answers 200 with what the request"
              + " would do, or the same 409. With doundo.audit off, answers 202 once Kafka has the"
              + " record.")
  @ApiResponse(
      responseCode = "200",
      description = "Applied and committed; with dryRun=true, what would happen",
      content = @Content(schema = @Schema(oneOf = {ControlResult.class, DryRunResult.class})))
  @ApiResponse(
      responseCode = "202",
      description = "Written; the outcome is not known yet, or not available without an audit log",
      content = @Content(schema = @Schema(implementation = ControlSent.class)))
  @ApiResponse(
      responseCode = "409",
      description = "The flow does not allow this; detail has the reason",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @PostMapping("/api/flows/{flowId}/{verb}")
  DeferredResult<ResponseEntity<Object>> control(
      @PathVariable("flowId") String flowId,
      @PathVariable("verb") String verb,
      @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      Principal principal) {
    ControlCommand command = command(flowId, action(verb), request, principal);
    return dryRun ? dryRun(flowId, command) : carryOut(flowId, command);
  }

  private DeferredResult<ResponseEntity<Object>> dryRun(String flowId, ControlCommand command) {
    ControlAction verb = command.action();
    String controlId = String.valueOf(command.controlId());
    // A repeat would get the outcome of the first, and so does its dry run.
    outcomeOf(flowId, verb, controlId)
        .ifPresent(outcome -> answer(flowId, verb, controlId, outcome));
    FlowForecasts.Answer<DryRun> found =
        forecasts.dryRun(command).orElseThrow(() -> FlowController.unknown(flowId));
    DryRun run = found.answer();
    if (run.refusal() != null) {
      String reason = verb + " refused: " + run.refusal();
      throw refused(flowId, controlId, run.status().name(), reason);
    }
    return DeferredResponse.of(
        CompletableFuture.completedFuture(
            ResponseEntity.ok(
                new DryRunResult(
                    flowId,
                    verb,
                    found.transition(),
                    found.asOf(),
                    new WouldBe(run.status(), run.events(), run.commands(), run.parts())))));
  }

  @Operation(
      summary = "Send a signal to a flow",
      description =
          "The body is optional: {\"payload\", \"controlId\", \"onBehalfOf\"}; onBehalfOf needs the"
              + " permission act-as. Answers 200 once a step has taken the"
              + " signal or the flow keeps it for a later step, or 409 with the reason. A repeated"
              + " controlId gets the same outcome, and every problem names it, also one that the"
              + " server has made. With doundo.audit off, answers 202 once Kafka"
              + " has the record.")
  @ApiResponse(
      responseCode = "200",
      description = "Taken or kept, and committed",
      content = @Content(schema = @Schema(implementation = ControlResult.class)))
  @ApiResponse(
      responseCode = "202",
      description = "Written; the outcome is not known yet, or not available without an audit log",
      content = @Content(schema = @Schema(implementation = ControlSent.class)))
  @ApiResponse(
      responseCode = "409",
      description = "No step of the flow will take it; detail has the reason",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @PostMapping("/api/flows/{flowId}/signals/{name}")
  DeferredResult<ResponseEntity<Object>> signal(
      @PathVariable("flowId") String flowId,
      @PathVariable("name") String name,
      HttpServletRequest request,
      Principal principal) {
    return carryOut(flowId, command(flowId, name, request, principal));
  }

  /** Whether the flow remembers what became of a signal with this control id. */
  boolean isSignalAnswered(String flowId, String controlId) {
    return outcomeOf(flowId, ControlAction.SIGNAL, controlId).isPresent();
  }

  /** Sends the record, and answers with what becomes of it. */
  DeferredResult<ResponseEntity<Object>> carryOut(String flowId, ControlCommand command) {
    String controlId = String.valueOf(command.controlId());
    Optional<Flows.Controlled> repeated = outcomeOf(flowId, command.action(), controlId);
    if (repeated.isPresent()) {
      return DeferredResponse.of(
          CompletableFuture.completedFuture(
              ResponseEntity.ok(answer(flowId, command.action(), controlId, repeated.get()))));
    }
    byte[] value = command.encode();
    Map<String, String> headers = headers(command, value);
    if (!waits.possible()) {
      return DeferredResponse.of(
          sender
              .send(Topics.CONTROL, flowId, value, headers)
              .thenApply(written -> ResponseEntity.accepted().body(sent(flowId, controlId))));
    }
    FlowWaits.OpenWait waiting =
        waits.after(
            flowId,
            () -> sender.send(Topics.CONTROL, flowId, value, headers),
            record -> answers(record, command.action(), controlId),
            ANSWER_WAIT);
    return DeferredResponse.of(
        waiting
            .outcome()
            .thenApplyAsync(
                record -> ResponseEntity.ok(answer(flowId, command.action(), controlId, record)),
                executor),
        waiting,
        ANSWER_WAIT,
        () -> ResponseEntity.accepted().body(unanswered(flowId, controlId)));
  }

  /** The outcome of this request if it was made before. */
  private Optional<Flows.Controlled> outcomeOf(
      String flowId, ControlAction action, String controlId) {
    try {
      if (flows.find(flowId).isEmpty()) {
        throw FlowController.unknown(flowId);
      }
      return flows.outcomeOf(flowId, action, controlId);
    } catch (ReadsUnavailableException e) {
      // Another instance may keep it; the audit log will tell.
      return Optional.empty();
    }
  }

  private static ControlAction action(String verb) {
    return ControlAction.VERBS.stream()
        .filter(action -> action.name().toLowerCase(Locale.ROOT).equals(verb))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.UNKNOWN_VERB,
                    "\"%2$s\" is not a verb; use one of %1$s."
                        .formatted(
                            ControlAction.VERBS.stream()
                                .map(action -> action.name().toLowerCase(Locale.ROOT))
                                .toList(),
                            verb)));
  }

  private static ControlCommand command(
      String flowId, ControlAction action, HttpServletRequest request, Principal principal) {
    byte[] body = RequestBodies.bytes(request);
    try {
      Map<String, RawJson> fields =
          body.length == 0 ? new HashMap<>() : new HashMap<>(Json.fields(body));
      RequestBodies.requireKnown(fields.keySet(), FIELDS);
      RawJson expectTransition = fields.remove("expectTransition");
      if (expectTransition != null && !expectTransition.isNull()) {
        if (fields.containsKey("expect")) {
          throw new MalformedRecordException(
              "\"expectTransition\" and \"expect\" exclude each other: put the transition into"
                  + " \"expect\"");
        }
        fields.put("expect", Json.object(Map.of("transition", expectTransition)));
      }
      fields.put("flowId", Json.string(flowId));
      fields.put("action", Json.string(action.name()));
      fields.put("requestedBy", Json.string(RequestBodies.caller(principal)));
      RequestBodies.completeControlId(fields, request);
      return ControlCommand.decode(Json.object(fields).bytes(), null, HeaderLookup.NONE);
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private Map<String, String> headers(ControlCommand command, byte[] value) {
    return command.action() == ControlAction.SIGNAL
        ? Map.of(
            RecordHeaders.ANSWERED,
            "true",
            RecordHeaders.SENDER_MARK,
            senderMark.of(value, System.currentTimeMillis()))
        : Map.of();
  }

  private static ControlCommand command(
      String flowId, String signal, HttpServletRequest request, Principal principal) {
    byte[] body = RequestBodies.bytes(request);
    try {
      Map<String, RawJson> fields = body.length == 0 ? Map.of() : Json.fields(body);
      RequestBodies.requireKnown(fields.keySet(), SIGNAL_FIELDS);
      Map<String, RawJson> record = new HashMap<>(fields);
      record.put("flowId", Json.string(flowId));
      record.put("action", Json.string(ControlAction.SIGNAL.name()));
      record.put("signal", Json.string(signal));
      record.put("requestedBy", Json.string(RequestBodies.caller(principal)));
      RequestBodies.completeControlId(record, request);
      ControlCommand command =
          ControlCommand.decode(Json.object(record).bytes(), null, HeaderLookup.NONE);
      Caller.of(principal).requireMayActFor(command.onBehalfOf());
      return command;
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private static boolean answers(AuditRecord record, ControlAction action, String controlId) {
    JsonNode input = Json.MAPPER.readTree(record.input().bytes());
    // A request and a signal may have the same id.
    return input.path("controlId").asString("").equals(controlId)
        && input.has("signal") == (action == ControlAction.SIGNAL);
  }

  private ControlResult answer(
      String flowId, ControlAction action, String controlId, Optional<AuditRecord> answered) {
    if (answered.isEmpty()) {
      // A repeat is neither processed nor recorded again.
      return outcomeOf(flowId, action, controlId)
          .map(outcome -> answer(flowId, action, controlId, outcome))
          .orElseThrow(() -> Unanswered.problem(controlId, ANSWER_WAIT, "the timeline"));
    }
    AuditRecord record = answered.get();
    List<AuditRecord.Entry> refusals =
        record.events().stream().filter(e -> isRefusalOf(e, controlId)).toList();
    if (!refusals.isEmpty()) {
      throw refused(flowId, controlId, record.status(), String.valueOf(refusals.get(0).reason()));
    }
    return new ControlResult(flowId, controlId, true, record.status());
  }

  /** A signal that was kept before may be refused in the same record: it has another id. */
  private static boolean isRefusalOf(AuditRecord.Entry entry, String controlId) {
    return entry.type().equals("CONTROL_REFUSED")
        || (entry.type().equals("SIGNAL_REFUSED") && controlId.equals(entry.controlId()));
  }

  private static ControlResult answer(
      String flowId, ControlAction action, String controlId, Flows.Controlled outcome) {
    if (outcome.refusal() != null) {
      String reason = action + " refused: " + outcome.refusal();
      throw refused(flowId, controlId, outcome.status(), reason);
    }
    return new ControlResult(flowId, controlId, true, outcome.status());
  }

  private static ApiProblem refused(String flowId, String controlId, String status, String reason) {
    boolean hasChanged = reason.contains(" refused: CHANGED_MEANWHILE");
    return new ApiProblem(
        hasChanged ? ProblemKind.CHANGED_MEANWHILE : ProblemKind.CONTROL_REFUSED,
        reason,
        Map.of("flowId", flowId, "controlId", controlId, "flowStatus", status),
        null);
  }

  private static ControlSent sent(String flowId, String controlId) {
    return new ControlSent(
        flowId,
        controlId,
        "The request was written. With doundo.audit off, its outcome is visible only in the flow; a"
            + " refused request is a dead letter with the reason.");
  }

  private static ControlSent unanswered(String flowId, String controlId) {
    return new ControlSent(
        flowId,
        controlId,
        "The request was written, but its outcome is not known yet. The flow's"
            + " timeline will show it.");
  }
}
