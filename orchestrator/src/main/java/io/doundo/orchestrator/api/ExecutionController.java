package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.RepeatedRead;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.Flows.FoundFlow;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.StartEvent;
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
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Starts flows. */
@RestController
@Tag(name = "Flows")
public class ExecutionController {

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final RepeatedRead SETTLED_READ = RepeatedRead.within(Duration.ofSeconds(2), 20);

  private static final Set<String> REPLAY_FIELDS = Set.of("flowId", "payload");

  private static final Set<String> SETTLED =
      Set.of("COMPLETED", "UNDONE", "PARKED", "ABANDONED", "REJECTED");

  private final RecordSender sender;
  private final FlowWaits waits;
  private final Flows flows;
  private final Definitions definitions;
  private final Executor executor;
  private final SenderMark senderMark;

  ExecutionController(
      RecordSender sender,
      FlowWaits waits,
      Flows flows,
      Definitions definitions,
      Executor apiExecutor,
      SenderMark senderMark) {
    this.senderMark = senderMark;
    this.sender = sender;
    this.waits = waits;
    this.flows = flows;
    this.definitions = definitions;
    this.executor = apiExecutor;
  }

  /**
   * A start that Kafka has taken.
   *
   * @param status {@code ACCEPTED}, or where the flow stood when the wait was over
   */
  public record StartAccepted(String flowId, String orchestrationName, String status) {}

  /** How a start is answered, whatever its payload comes from. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ApiResponse(
      responseCode = "200",
      description = "With wait: the flow, ended or parked",
      content = @Content(schema = @Schema(implementation = FlowView.class)))
  @ApiResponse(
      responseCode = "202",
      description =
          "Kafka has the start; with wait, the wait timed out. status is ACCEPTED, or the flow's"
              + " status at that moment",
      content = @Content(schema = @Schema(implementation = StartAccepted.class)))
  @ApiResponse(
      responseCode = "409",
      description =
          "The flowId is in use by a flow with other content, or the orchestration is not active;"
              + " nothing is started",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @ApiResponse(
      responseCode = "422",
      description =
          "The payload does not match the schema of the orchestration; nothing is started",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @ApiResponse(
      responseCode = "501",
      description = "wait was requested with doundo.audit off; nothing is started",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @interface StartResponses {}

  @Operation(
      summary = "Start a flow",
      description =
          "Accepts the start events of the topic orchestrator.execution.start. Answers 202 once"
              + " Kafka has the start; with wait, 200 with the flow once it has ended or parked, or"
              + " 202 if the wait times out; with doundo.audit off, wait is refused with 501 and"
              + " nothing is started. With a flowId, repeating the same start starts nothing, and a"
              + " different start is refused with 409. The orchestration must be registered, unless"
              + " allowUnregistered is true: then the flow waits a limited time for it.")
  @StartResponses
  @PostMapping("/api/orchestrations/execute")
  DeferredResult<ResponseEntity<Object>> execute(
      HttpServletRequest request,
      @RequestParam(name = "wait", required = false) @Nullable String wait,
      @RequestParam(name = "allowUnregistered", defaultValue = "false") boolean unregistered,
      Principal principal) {
    return execute(start(request), wait, unregistered, RequestBodies.caller(principal), request);
  }

  @Operation(
      summary = "Start a new flow from an old one's payload",
      description =
          "The old flow stays unchanged, whatever its status. The body is optional: {\"flowId\","
              + " \"payload\"}, the new flow's id and a different payload. The new flow uses the"
              + " newest version of the orchestration. Answers like a start; 409 if the old flow's"
              + " payload has expired.")
  @StartResponses
  @PostMapping("/api/flows/{flowId}/replay")
  DeferredResult<ResponseEntity<Object>> replay(
      @PathVariable("flowId") String flowId,
      HttpServletRequest request,
      @RequestParam(name = "wait", required = false) @Nullable String wait,
      Principal principal) {
    FlowView old = flows.whole(flowId).orElseThrow(() -> FlowController.unknown(flowId));
    String caller = RequestBodies.caller(principal);
    StartEvent start = replayed(old, RequestBodies.bytes(request), caller);
    return execute(start, wait, false, caller, request);
  }

  private static StartEvent replayed(FlowView old, byte[] body, String caller) {
    try {
      Map<String, RawJson> fields = body.length == 0 ? Map.of() : Json.fields(body);
      RequestBodies.requireKnown(fields.keySet(), REPLAY_FIELDS);
      FlowView.PartView part = old.part();
      if (part != null) {
        throw new MalformedRecordException(
            "flow \"%s\" is a part of %s and cannot be started on its own; replay %s"
                .formatted(old.flowId(), part.parent(), part.root()));
      }
      RawJson payload = fields.containsKey("payload") ? fields.get("payload") : old.payload();
      if (payload == null) {
        throw new ApiProblem(
            ProblemKind.PAYLOAD_GONE,
            "The payload of flow \"%s\" has expired; supply a payload for the new flow."
                .formatted(old.flowId()));
      }
      Map<String, RawJson> start = new LinkedHashMap<>();
      start.put("orchestrationName", Json.string(old.orchestrationName()));
      start.put("payload", payload);
      start.put("source", Json.string(caller));
      RawJson newId = fields.get("flowId");
      if (newId != null && !newId.isNull()) {
        start.put("flowId", newId);
      }
      StartEvent event = StartEvent.decode(Json.object(start).bytes(), null, HeaderLookup.NONE);
      if (old.flowId().equals(event.flowId())) {
        throw new MalformedRecordException(
            "a replay needs a new flowId, because it starts a new flow");
      }
      return event;
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  /**
   * Starts a flow of a registered orchestration. Repeating the same start starts nothing.
   *
   * @return once Kafka has the start; fails with an {@link ApiProblem} when it does not take it
   * @throws ApiProblem when the orchestration does not accept the start
   */
  public CompletableFuture<StartAccepted> begin(
      StartEvent given, String caller, HttpServletRequest request) {
    StartEvent start = completed(given, caller);
    CallAudit.about(request, flowId(start));
    requireAccepted(start, false);
    Optional<FoundFlow> before = earlier(given, start);
    return write(start, before.isPresent(), caller)
        .thenApply(
            written -> new StartAccepted(flowId(start), start.orchestrationName(), "ACCEPTED"));
  }

  /** The flow that this very start has begun before; another one under its flowId is a problem. */
  private Optional<FoundFlow> earlier(StartEvent given, StartEvent start) {
    Optional<FoundFlow> before =
        given.flowId() == null
            ? Optional.empty()
            : found(start).filter(flow -> !flow.view().mayStartAgain());
    before.ifPresent(flow -> requireSame(start, flow));
    return before;
  }

  private DeferredResult<ResponseEntity<Object>> execute(
      StartEvent given,
      @Nullable String wait,
      boolean unregistered,
      String caller,
      HttpServletRequest request) {
    StartEvent start = completed(given, caller);
    CallAudit.about(request, flowId(start));
    try {
      requireAccepted(start, unregistered);
    } catch (ReadsUnavailableException e) {
      // The definition may come later anyway; the engine checks the start before the flow begins.
      if (!unregistered) {
        throw e;
      }
    }
    Duration patience = wait == null ? null : RequestBodies.duration("wait", wait, LONGEST_WAIT);
    Optional<FoundFlow> before = earlier(given, start);
    // This very start was made before, so there is nothing to write.
    boolean repeated = before.isPresent();
    if (patience == null) {
      return DeferredResponse.of(
          write(start, repeated, caller).thenApply(written -> accepted(start, "ACCEPTED")));
    }
    Optional<FlowView> ended = before.map(FoundFlow::view).filter(FlowView::settled);
    if (ended.isPresent()) {
      return DeferredResponse.of(CompletableFuture.completedFuture(ResponseEntity.ok(ended.get())));
    }
    FlowWaits.OpenWait waiting =
        waits.after(
            flowId(start),
            () -> write(start, repeated, caller),
            record -> SETTLED.contains(record.status()),
            patience);
    return DeferredResponse.of(
        waiting
            .outcome()
            .whenComplete((record, failure) -> nameFlow(failure, start))
            .thenApplyAsync(record -> answer(start, record), executor),
        waiting,
        patience,
        () -> accepted(start, "ACCEPTED"));
  }

  /** Refuses a start that the orchestration does not accept, as the engine would. */
  private void requireAccepted(StartEvent start, boolean unregistered) {
    Optional<OrchestrationStatus> status = definitions.status(start.orchestrationName());
    status
        .filter(known -> known != OrchestrationStatus.ACTIVE)
        .ifPresent(
            known -> {
              throw new ApiProblem(
                  ProblemKind.ORCHESTRATION_NOT_ACTIVE,
                  "The orchestration \"%s\" is %s and accepts no starts; nothing is started."
                          .formatted(start.orchestrationName(), known.word())
                      + " Activate it with: doundo definitions activate "
                      + start.orchestrationName());
            });
    if (!unregistered && status.isEmpty()) {
      throw new ApiProblem(
          ProblemKind.UNKNOWN_ORCHESTRATION,
          "The orchestration \"%s\" is not registered. Register it first, or start the flow with"
                  .formatted(start.orchestrationName())
              + " ?allowUnregistered=true to let it wait for the registration.");
    }
    List<String> violations = definitions.violations(start.orchestrationName(), start.payload());
    if (!violations.isEmpty()) {
      throw new ApiProblem(
          ProblemKind.PAYLOAD_REFUSED,
          "The payload does not match the schema of orchestration \"%s\": %s. Nothing was started."
              .formatted(start.orchestrationName(), String.join("; ", violations)));
    }
  }

  private static void requireSame(StartEvent start, FoundFlow flow) {
    if (!flow.isStartOf(start.orchestrationName(), start.payload())) {
      throw new ApiProblem(
          ProblemKind.FLOW_ID_TAKEN,
          "The flowId \"%s\" is in use by a flow of another orchestration or with another payload. Choose another flowId."
              .formatted(flowId(start)));
    }
  }

  private static StartEvent start(HttpServletRequest request) {
    try {
      return StartEvent.decode(
          RequestBodies.bytes(request), null, RequestBodies.serviceLookup(request));
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  /** With the flowId that was left to us and, when no service is named, with who asked. */
  private static StartEvent completed(StartEvent given, String caller) {
    String flowId = given.flowId();
    String initiator = given.initiator();
    return new StartEvent(
        given.orchestrationName(),
        flowId == null ? UUID.randomUUID().toString() : flowId,
        given.payload(),
        initiator == null ? caller : initiator,
        given.headers());
  }

  /**
   * The flow, if it can be read here; another instance may hold it. If it cannot, the engine
   * decides: a start with other content under a used flowId has no effect.
   */
  private Optional<FoundFlow> found(StartEvent start) {
    return orNone(() -> flows.found(flowId(start)));
  }

  private static Optional<FoundFlow> orNone(Supplier<Optional<FoundFlow>> read) {
    try {
      return read.get();
    } catch (ReadsUnavailableException e) {
      return Optional.empty();
    }
  }

  private CompletableFuture<?> write(StartEvent start, boolean repeated, String caller) {
    if (repeated) {
      return CompletableFuture.completedFuture(start);
    }
    byte[] value = start.encode();
    String mark = senderMark.ofStart(value, caller, System.currentTimeMillis());
    return sender
        .send(
            Topics.EXECUTION_START,
            start.flowId(),
            value,
            Map.of(RecordHeaders.REQUESTED_BY, caller, RecordHeaders.SENDER_MARK, mark))
        .whenComplete((written, failure) -> nameFlow(failure, start))
        .thenRun(() -> flows.expect(flowId(start)));
  }

  /** A client that left the flowId to the server needs it to send the same start again. */
  private static void nameFlow(@Nullable Throwable failure, StartEvent start) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ApiProblem problem) {
      problem.getBody().setProperty("flowId", start.flowId());
    }
  }

  private ResponseEntity<Object> answer(StartEvent start, Optional<AuditRecord> record) {
    Optional<FoundFlow> flow = record.isPresent() ? settled(record.get()) : found(start);
    // Another start may have been made under this flowId at the same moment, and have come first.
    flow.ifPresent(found -> requireSame(start, found));
    Optional<FlowView> view = flow.map(FoundFlow::view);
    if (view.filter(FlowView::settled).isPresent()) {
      return ResponseEntity.ok(view.get());
    }
    String status = view.map(known -> known.status().name()).orElse("ACCEPTED");
    return accepted(start, record.map(AuditRecord::status).orElse(status));
  }

  /**
   * The stores may be elsewhere, and what stands in for them a moment behind the audit log. However
   * long one read takes, none begins after two seconds: the threads are few.
   */
  private Optional<FoundFlow> settled(AuditRecord record) {
    return SETTLED_READ.until(
        () -> orNone(() -> flows.found(record.flowId())),
        flow -> flow.filter(found -> found.view().settled()).isPresent());
  }

  private static String flowId(StartEvent start) {
    return String.valueOf(start.flowId());
  }

  private static ResponseEntity<Object> accepted(StartEvent start, String status) {
    return ResponseEntity.accepted()
        .body(new StartAccepted(flowId(start), start.orchestrationName(), status));
  }
}
