package io.doundo.orchestrator.api;

import io.doundo.orchestrator.play.VerbRow;
import io.doundo.orchestrator.query.flow.FlowView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Shows and controls a flow whose flowId stands in the query. Whatever starts can be operated here:
 * a path cannot carry every flowId, such as {@code ..}, and proxies in between change some others.
 */
@RestController
@Tag(name = "Flows")
class FlowByQueryController {

  private final FlowController flows;
  private final FlowEventsController events;
  private final ControlController control;
  private final ExecutionController execution;
  private final ForecastController forecasts;

  FlowByQueryController(
      FlowController flows,
      FlowEventsController events,
      ControlController control,
      ExecutionController execution,
      ForecastController forecasts) {
    this.flows = flows;
    this.events = events;
    this.control = control;
    this.execution = execution;
    this.forecasts = forecasts;
  }

  @Operation(summary = "Show a flow whose flowId does not fit into a path")
  @GetMapping("/api/flow")
  FlowView one(@RequestParam("flowId") String flowId) {
    return flows.one(flowId);
  }

  @Operation(summary = "Show the timeline of a flow whose flowId does not fit into a path")
  @GetMapping("/api/flow/timeline")
  FlowController.TimelineView timeline(
      @RequestParam("flowId") String flowId,
      @RequestParam(name = "since", required = false) @Nullable String since) {
    return flows.timeline(flowId, since);
  }

  @Operation(summary = "Show a step of a flow whose flowId does not fit into a path")
  @GetMapping("/api/flow/steps/{step}")
  FlowController.StepView step(
      @RequestParam("flowId") String flowId, @PathVariable("step") String step) {
    return flows.step(flowId, step);
  }

  @Operation(summary = "Explain why a flow stands still whose flowId does not fit into a path")
  @GetMapping("/api/flow/why")
  ForecastController.WhyView why(@RequestParam("flowId") String flowId) {
    return forecasts.why(flowId);
  }

  @Operation(summary = "List the verbs that a flow allows whose flowId does not fit into a path")
  @GetMapping("/api/flow/verbs")
  List<VerbRow> verbs(@RequestParam("flowId") String flowId) {
    return forecasts.verbs(flowId);
  }

  @Operation(summary = "Show what an UNDO would do to a flow whose flowId does not fit into a path")
  @GetMapping("/api/flow/undo-plan")
  ForecastController.UndoPlanView undoPlan(@RequestParam("flowId") String flowId) {
    return forecasts.undoPlan(flowId);
  }

  @Operation(summary = "Follow a flow whose flowId does not fit into a path")
  @GetMapping(path = "/api/flow/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<SseEmitter> follow(
      @RequestParam("flowId") String flowId,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
    return events.follow(flowId, lastEventId);
  }

  @Operation(summary = "Replay a flow whose flowId does not fit into a path")
  @PostMapping("/api/flow/replay")
  DeferredResult<ResponseEntity<Object>> replay(
      @RequestParam("flowId") String flowId,
      HttpServletRequest request,
      @RequestParam(name = "wait", required = false) @Nullable String wait,
      Principal principal) {
    return execution.replay(flowId, request, wait, principal);
  }

  @Operation(
      summary = "Send a signal to a flow whose flowId does not fit into a path",
      description = "Same as POST /api/flows/{flowId}/signals/{name}.")
  @PostMapping("/api/flow/signals/{name}")
  DeferredResult<ResponseEntity<Object>> signal(
      @RequestParam("flowId") String flowId,
      @PathVariable("name") String name,
      HttpServletRequest request,
      Principal principal) {
    return control.signal(flowId, name, request, principal);
  }

  @Operation(
      summary = "Undo, cancel, retry, … a flow whose flowId does not fit into a path",
      description = "Same as POST /api/flows/{flowId}/{verb}.")
  @PostMapping("/api/flow/{verb}")
  DeferredResult<ResponseEntity<Object>> control(
      @RequestParam("flowId") String flowId,
      @PathVariable("verb") String verb,
      @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      Principal principal) {
    return control.control(flowId, verb, dryRun, request, principal);
  }
}
