package io.doundo.orchestrator.api.hook;

import io.doundo.orchestrator.api.CallAudit;
import io.doundo.orchestrator.api.DeferredResponse;
import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.hook.Hooks.Hook;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.Flows.FoundFlow;
import io.doundo.orchestrator.trigger.TriggerProgram.Outcome;
import io.doundo.orchestrator.trigger.TriggerProgram.Signals;
import io.doundo.orchestrator.trigger.TriggerProgram.Starts;
import io.doundo.orchestrator.trigger.TriggerProgram.Unmapped;
import io.doundo.orchestrator.trigger.hook.DeliveryIds;
import io.doundo.orchestrator.trigger.hook.HookContent;
import io.doundo.orchestrator.trigger.hook.HookVerifier;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Receives the requests of webhooks. A request is verified before anything of it is parsed, by its
 * own proof and never by a session.
 */
@RestController
@Tag(name = "Webhooks")
public class HookController {

  /** The longest body of a request. */
  static final int MAX_BYTES = 256 * 1024;

  private static final Pattern PATH =
      Pattern.compile("/api/hooks/[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,255}");

  private final Hooks hooks;
  private final HookProof proof;
  private final HookRate rate;
  private final RecordSender sender;
  private final Flows flows;
  private final Definitions definitions;
  private final HookListener listener;

  HookController(
      Definitions definitions,
      HookAccess access,
      HookSecrets secrets,
      HookRate rate,
      RecordSender sender,
      Flows flows,
      HookListener listener) {
    this.hooks = new Hooks(definitions);
    this.definitions = definitions;
    this.proof = new HookProof(access, secrets, Clock.systemUTC());
    this.rate = rate;
    this.sender = sender;
    this.flows = flows;
    this.listener = listener;
  }

  /**
   * What a request did.
   *
   * @param flowId the flow that it started or signalled; null when its condition was false
   * @param status {@code ACCEPTED} when it was written, {@code REPEATED} when the same request had
   *     started the flow before, {@code IGNORED} when its condition was false
   */
  record HookAnswer(@Nullable String flowId, String orchestrationName, String status) {}

  /** Whether a request is for a webhook, which verifies it on its own. */
  public static boolean isMeant(HttpServletRequest request) {
    return PATH.matcher(request.getRequestURI()).matches();
  }

  @Operation(
      summary = "Deliver to a webhook",
      description =
          "Starts a flow, or signals one, as the trigger says. Verified by the trigger's own way:"
              + " 401 when it fails. Answers 202 once Kafka has the start or the signal; 200 with the"
              + " same flowId when the same request has started the flow before, or when the"
              + " trigger's condition is false; 409 when that flowId belongs to another start, or the"
              + " orchestration accepts none; 422 when the request cannot be mapped. At most 256 KB,"
              + " and a limited number of requests in a second: 429.")
  @PostMapping("/api/hooks/{orchestration}/{trigger}")
  DeferredResult<ResponseEntity<Object>> receive(
      HttpServletRequest request,
      @PathVariable("orchestration") String orchestration,
      @PathVariable("trigger") String trigger) {
    try {
      return deliver(request, orchestration, trigger);
    } catch (ApiProblem e) {
      listener.onRequest(HookListener.Result.of(e.kind()));
      throw e;
    }
  }

  private DeferredResult<ResponseEntity<Object>> deliver(
      HttpServletRequest request, String orchestration, String trigger) {
    byte[] body = RequestBodies.bytes(request);
    if (body.length > MAX_BYTES) {
      throw new ApiProblem(
          ProblemKind.TOO_LARGE, "A webhook takes at most %,d bytes.".formatted(MAX_BYTES));
    }
    Hook hook =
        hooks
            .find(orchestration, trigger)
            .orElseThrow(
                () ->
                    new ApiProblem(
                        ProblemKind.UNKNOWN_HOOK,
                        "There is no webhook \"%s/%s\".".formatted(orchestration, trigger)));
    HookVerifier.Result verified = proof.require(hook.id(), hook.trigger(), request, body);
    if (!rate.accepts(hook.id(), System.nanoTime())) {
      throw HookProof.later(
          new ApiProblem(
              ProblemKind.TOO_MANY_REQUESTS,
              "This webhook accepts no more requests in this second. Repeat it later."),
          1);
    }
    return carryOut(request, hook, verified, body);
  }

  private DeferredResult<ResponseEntity<Object>> carryOut(
      HttpServletRequest request, Hook hook, HookVerifier.Result verified, byte[] bytes) {
    RawJson body;
    try {
      body = HookContent.body(bytes, request.getContentType());
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
    RawJson event =
        HookContent.event(
            body, headers(request), hook.trigger().verify(), verified.id(), hook.name());
    Outcome outcome = hook.program().apply(event, body, id(hook, verified, bytes));
    if (outcome instanceof Unmapped unmapped) {
      throw new ApiProblem(
          ProblemKind.EVENT_NOT_MAPPED,
          "The webhook cannot use this request: " + unmapped.reason());
    }
    if (outcome instanceof Starts starts) {
      CallAudit.about(request, String.valueOf(starts.start().flowId()));
      return start(hook, starts.start());
    }
    if (outcome instanceof Signals signals) {
      CallAudit.about(request, signals.signal().flowId());
      return signal(hook, signals.signal());
    }
    return answered(hook, null, HookListener.Result.IGNORED);
  }

  private static String id(Hook hook, HookVerifier.Result verified, byte[] body) {
    String orchestration = hook.orchestration().definition().name();
    return hook.program().signals()
        ? DeliveryIds.ofSignal(
            orchestration, hook.name(), hook.trigger().verify(), verified, body, UUID.randomUUID())
        : DeliveryIds.ofStart(orchestration, hook.name(), verified, body);
  }

  private DeferredResult<ResponseEntity<Object>> start(Hook hook, StartEvent start) {
    OrchestrationStatus status = hook.orchestration().status();
    if (status != OrchestrationStatus.ACTIVE) {
      throw new ApiProblem(
          ProblemKind.ORCHESTRATION_NOT_ACTIVE,
          "The orchestration \"%s\" is %s and accepts no starts; nothing is started."
              .formatted(start.orchestrationName(), status.word()));
    }
    String flowId = String.valueOf(start.flowId());
    Optional<FoundFlow> before = found(flowId).filter(flow -> !flow.view().mayStartAgain());
    if (before.isPresent()) {
      if (!before.get().isStartOf(start.orchestrationName(), start.payload())) {
        throw new ApiProblem(
            ProblemKind.FLOW_ID_TAKEN,
            "The flowId \"%s\" is in use by a flow of another orchestration or with another payload."
                .formatted(flowId));
      }
      return answered(hook, flowId, HookListener.Result.REPEATED);
    }
    List<String> violations = definitions.violations(start.orchestrationName(), start.payload());
    if (!violations.isEmpty()) {
      throw new ApiProblem(
          ProblemKind.PAYLOAD_REFUSED,
          "The payload does not match the schema of orchestration \"%s\": %s. Nothing was started."
              .formatted(start.orchestrationName(), String.join("; ", violations)));
    }
    return written(
        hook,
        flowId,
        sender
            .send(
                Topics.EXECUTION_START,
                flowId,
                start.encode(),
                Map.of(RecordHeaders.REQUESTED_BY, String.valueOf(start.initiator())))
            .thenRun(() -> flows.expect(flowId)));
  }

  private DeferredResult<ResponseEntity<Object>> signal(Hook hook, ControlCommand signal) {
    return written(
        hook,
        signal.flowId(),
        sender.send(Topics.CONTROL, signal.flowId(), signal.encode(), Map.of()));
  }

  /** If it cannot be read here, the engine decides: the same start has no effect again. */
  private Optional<FoundFlow> found(String flowId) {
    try {
      return flows.found(flowId);
    } catch (ReadsUnavailableException e) {
      return Optional.empty();
    }
  }

  private DeferredResult<ResponseEntity<Object>> written(
      Hook hook, String flowId, CompletableFuture<?> acknowledged) {
    return DeferredResponse.of(
        acknowledged.thenApply(
            written -> {
              listener.onRequest(HookListener.Result.ACCEPTED);
              return ResponseEntity.accepted()
                  .body(answer(hook, flowId, HookListener.Result.ACCEPTED));
            }));
  }

  private DeferredResult<ResponseEntity<Object>> answered(
      Hook hook, @Nullable String flowId, HookListener.Result result) {
    listener.onRequest(result);
    return DeferredResponse.of(
        CompletableFuture.completedFuture(ResponseEntity.ok(answer(hook, flowId, result))));
  }

  private static Object answer(Hook hook, @Nullable String flowId, HookListener.Result result) {
    return new HookAnswer(flowId, hook.orchestration().definition().name(), result.name());
  }

  private static Map<String, String> headers(HttpServletRequest request) {
    Map<String, String> headers = new HashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name, request.getHeader(name));
    }
    return headers;
  }
}
