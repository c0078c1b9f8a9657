package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.Instances.InstanceView;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.WindowParameter;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.flow.FlowStats;
import io.doundo.orchestrator.query.flow.Flows;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows how all flows are, in numbers. */
@RestController
@Tag(name = "Flows")
class StatsController {

  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);
  private static final Duration LONGEST_WINDOW = Duration.ofHours(24);

  private final Flows flows;
  private final Definitions definitions;
  private final Instances instances;

  StatsController(Flows flows, Definitions definitions, Instances instances) {
    this.instances = instances;
    this.flows = flows;
    this.definitions = definitions;
  }

  /** A step that no service has declared to serve. */
  record UnservedStep(String orchestration, String step) {}

  /**
   * The numbers, and what nobody serves.
   *
   * @param unserved steps of active orchestrations
   * @param instances the instances of the orchestrator, this one first
   */
  record StatsView(
      @JsonUnwrapped FlowStats flows, List<UnservedStep> unserved, List<InstanceView> instances) {}

  @Operation(
      summary = "Show the numbers of all flows",
      description =
          "Flows by status, why parked ones are parked, since when the oldest waits, what happened"
              + " in each minute of the window (1m to 24h, 1h without it), the steps that nobody"
              + " serves and those whose commands have waited longer than 30 s for their answer. Then"
              + " the instances, each with the partitions that it decides, how far its lists are"
              + " behind, and by how much a timer was late at most in the last minutes; other"
              + " instances are known if they have a doundo.advertised-address.")
  @GetMapping("/api/stats")
  StatsView stats(
      @RequestParam(name = "window", required = false) @Nullable String window,
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration) {
    Duration wanted = WindowParameter.of(window, DEFAULT_WINDOW, LONGEST_WINDOW);
    String of = FlowFilter.present(orchestration);
    FlowStats stats =
        flows
            .search()
            .orElseThrow(FlowController::searchOff)
            .stats((int) wanted.toMinutes(), of, System.currentTimeMillis());
    return new StatsView(stats, unserved(of), instances.all());
  }

  private List<UnservedStep> unserved(@Nullable String orchestration) {
    return definitions.all().stream()
        .filter(summary -> orchestration == null || orchestration.equals(summary.name()))
        .filter(summary -> summary.status() == OrchestrationStatus.ACTIVE)
        .flatMap(StatsController::unserved)
        .toList();
  }

  private static Stream<UnservedStep> unserved(OrchestrationSummary summary) {
    return summary.unservedSteps().stream().map(step -> new UnservedStep(summary.name(), step));
  }
}
