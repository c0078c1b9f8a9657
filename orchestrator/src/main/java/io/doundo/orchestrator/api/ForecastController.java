package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.play.UndoPlan;
import io.doundo.orchestrator.play.VerbRow;
import io.doundo.orchestrator.play.Why;
import io.doundo.orchestrator.query.flow.FlowForecasts;
import io.doundo.orchestrator.query.flow.FlowForecasts.Answer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Explains the state of flows, and forecasts what they would do. */
@RestController
@Tag(name = "Flows")
class ForecastController {

  private final FlowForecasts forecasts;

  ForecastController(FlowForecasts forecasts) {
    this.forecasts = forecasts;
  }

  /** Why a flow is in its current state. */
  record WhyView(String flowId, int transition, Instant asOf, @JsonUnwrapped Why why) {}

  /** What an UNDO would do to a flow. */
  record UndoPlanView(String flowId, int transition, Instant asOf, @JsonUnwrapped UndoPlan plan) {}

  @Operation(
      summary = "Explain why a flow stands still",
      description =
          "headline is the first of the facts; waitsFor is the next thing that moves the flow, null"
              + " when it has ended or nothing is wrong; suggestions are verbs that the flow allows.")
  @GetMapping("/api/flows/{flowId}/why")
  WhyView why(@PathVariable("flowId") String flowId) {
    Answer<Why> found = known(flowId, forecasts.why(flowId));
    return new WhyView(found.flowId(), found.transition(), found.asOf(), found.answer());
  }

  @Operation(
      summary = "List the verbs that a flow allows",
      description =
          "Each verb with what it would do, or why it is refused. RETRY, SKIP and RESOLVE stand once"
              + " for each step that allows them; if none does, once for the step that the flow is at.")
  @GetMapping("/api/flows/{flowId}/verbs")
  List<VerbRow> verbs(@PathVariable("flowId") String flowId) {
    return known(flowId, forecasts.verbs(flowId));
  }

  @Operation(
      summary = "Show what an UNDO of a flow would do",
      description =
          "stages are in the order of sending, if every UNDO succeeds. A step in drain is awaited"
              + " first, and undone too if it succeeds. Of a flow that is being undone already,"
              + " possible is false, and stages are what is left.")
  @GetMapping("/api/flows/{flowId}/undo-plan")
  UndoPlanView undoPlan(@PathVariable("flowId") String flowId) {
    Answer<UndoPlan> found = known(flowId, forecasts.undoPlan(flowId));
    return new UndoPlanView(found.flowId(), found.transition(), found.asOf(), found.answer());
  }

  private static <T> T known(String flowId, Optional<T> found) {
    return found.orElseThrow(() -> FlowController.unknown(flowId));
  }
}
