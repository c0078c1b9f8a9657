package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.Definitions;
import io.doundo.orchestrator.query.FlowView;
import io.doundo.orchestrator.query.Flows;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.MalformedRecordException;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Starts flows. */
@RestController
@Tag(name = "Flows")
class ExecutionController {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutionController.class);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** A start that repeats a settled flow leads to nothing, or soon to a conflict. */
  private static final Duration CONFLICT_WAIT = Duration.ofSeconds(3);

  private static final Set<String> SETTLED =
      Set.of("COMPLETED", "UNDONE", "PARKED", "ABANDONED", "REJECTED");

  private final RecordSender sender;
  private final FlowWaits waits;
  private final Flows flows;
  private final Definitions definitions;
  private final Executor executor;

  ExecutionController(
      RecordSender sender,
      FlowWaits waits,
      Flows flows,
      Definitions definitions,
      Executor apiExecutor) {
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
  record Accepted(String flowId, String orchestrationName, String status) {}

  @Operation(
      summary = "Start a flow",
      description =
          "Takes the same start events as the topic orchestrator.execution.start. Answers 202 once"
              + " Kafka has the start; with wait, 200 with the flow once it has ended or is parked,"
              + " or 202 when the wait is over first. A flowId may be given; the same start again"
              + " under the same flowId starts nothing. The orchestration must be registered,"
              + " unless allowUnregistered is true: then the flow waits a while for it.")
  @PostMapping("/api/orchestrations/execute")
  CompletableFuture<ResponseEntity<Object>> execute(
      HttpServletRequest request,
      Principal principal,
      @RequestParam(name = "wait", required = false) @Nullable String wait,
      @RequestParam(name = "allowUnregistered", defaultValue = "false") boolean unregistered) {
    StartEvent start = start(request);
    if (!unregistered && !definitions.isKnown(start.orchestrationName())) {
      throw new ApiProblem(
          ProblemKind.UNKNOWN_ORCHESTRATION,
          "The orchestration \"%s\" is not registered. Register it first, or start the flow with"
                  .formatted(start.orchestrationName())
              + " ?allowUnregistered=true to let it wait for the registration.");
    }
    LOG.debug("Start of {} by {}", start.flowId(), RequestBodies.caller(principal));
    if (wait == null) {
      return send(start).thenApply(sent -> accepted(start, "ACCEPTED"));
    }
    return sendAndWait(start, RequestBodies.duration("wait", wait, LONGEST_WAIT));
  }

  private static StartEvent start(HttpServletRequest request) {
    try {
      StartEvent start =
          StartEvent.decode(
              RequestBodies.bytes(request), null, RequestBodies.serviceLookup(request));
      String flowId = start.flowId() == null ? UUID.randomUUID().toString() : start.flowId();
      return new StartEvent(start.orchestrationName(), flowId, start.payload(), start.initiator());
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private CompletableFuture<?> send(StartEvent start) {
    return sender.send(Topics.EXECUTION_START, start.flowId(), start.encode(), Map.of());
  }

  private CompletableFuture<ResponseEntity<Object>> sendAndWait(StartEvent start, Duration wait) {
    String flowId = flowId(start);
    boolean repeated = flows.find(flowId).filter(FlowView::settled).isPresent();
    Duration bounded = repeated && wait.compareTo(CONFLICT_WAIT) > 0 ? CONFLICT_WAIT : wait;
    return waits
        .after(
            flowId, () -> send(start), record -> isSettled(record) || isConflict(record), bounded)
        .thenApplyAsync(record -> answer(start, record), executor);
  }

  private ResponseEntity<Object> answer(StartEvent start, Optional<AuditRecord> record) {
    if (record.filter(ExecutionController::isConflict).isPresent()) {
      throw new ApiProblem(
          ProblemKind.FLOW_ID_TAKEN,
          "There is another flow with the flowId \"%s\", with another orchestration or payload."
              .formatted(flowId(start)));
    }
    Optional<FlowView> flow = record.isPresent() ? settled(start) : flows.find(flowId(start));
    if (flow.isPresent() && flow.get().settled()) {
      return ResponseEntity.ok(flow.get());
    }
    return accepted(start, flow.map(view -> view.status().name()).orElse("ACCEPTED"));
  }

  /** The stores may be elsewhere, and what stands in for them a moment behind the audit log. */
  private Optional<FlowView> settled(StartEvent start) {
    Optional<FlowView> flow = flows.find(flowId(start));
    for (int tries = 0; tries < 40 && flow.filter(FlowView::settled).isEmpty(); tries++) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return flow;
      }
      flow = flows.find(flowId(start));
    }
    return flow;
  }

  private static boolean isSettled(AuditRecord record) {
    return SETTLED.contains(record.status());
  }

  private static boolean isConflict(AuditRecord record) {
    return record.events().stream().anyMatch(event -> event.type().equals("START_CONFLICT"));
  }

  private static String flowId(StartEvent start) {
    return String.valueOf(start.flowId());
  }

  private static ResponseEntity<Object> accepted(StartEvent start, String status) {
    return ResponseEntity.accepted()
        .body(new Accepted(flowId(start), start.orchestrationName(), status));
  }
}
