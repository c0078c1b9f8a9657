package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.WindowParameter;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.orchestrator.query.breaker.OpenBreaker;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.IncidentSearch;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the errors of flows, grouped by their cause, and the breakers that are open for long. */
@RestController
@Tag(name = "Incidents")
class IncidentController {

  private static final Duration LONGEST_WINDOW = Duration.ofDays(7);
  private static final Duration DEFAULT_WINDOW = Duration.ofHours(24);
  private static final int DEFAULT_LIMIT = 100;

  private final Flows flows;
  private final Breakers breakers;

  IncidentController(Flows flows, Breakers breakers) {
    this.flows = flows;
    this.breakers = breakers;
  }

  /**
   * All incidents.
   *
   * @param breakers those that have not been closed for more than 5 minutes; null while this
   *     instance still reads the breakers after its start
   */
  record IncidentList(
      @JsonUnwrapped IncidentSearch.Incidents errors, @Nullable List<OpenBreaker> breakers) {}

  @Operation(
      summary = "List incidents",
      description =
          "Errors grouped by orchestration, step, action and text, without what differs from flow"
              + " to flow. In a group are the flows with this error that have not ended, and those"
              + " whose error came within the window (1m to 7d, 24h without it). The groups with the"
              + " most parked flows come first; unexplained parked flows have no error text. breakers"
              + " lists the circuit breakers that have not been closed for more than 5 minutes, with"
              + " the reason and the number of held steps; none of them when orchestration or step is"
              + " given. It is null while this instance still reads the breakers after its start.")
  @GetMapping("/api/incidents")
  IncidentList list(
      @RequestParam(name = "window", required = false) @Nullable String window,
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration,
      @RequestParam(name = "step", required = false) @Nullable String step,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > FlowQuery.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to " + FlowQuery.MAX_LIMIT + ", but is " + wanted + '.');
    }
    long now = System.currentTimeMillis();
    String ofOrchestration = FlowFilter.present(orchestration);
    String ofStep = FlowFilter.present(step);
    IncidentSearch.Incidents errors =
        incidents()
            .find(
                WindowParameter.of(window, DEFAULT_WINDOW, LONGEST_WINDOW),
                ofOrchestration,
                ofStep,
                wanted,
                now);
    boolean isOfAll = ofOrchestration == null && ofStep == null;
    return new IncidentList(errors, isOfAll ? openBreakers(now) : List.of());
  }

  private @Nullable List<OpenBreaker> openBreakers(long now) {
    return breakers.isComplete()
        ? OpenBreaker.forLong(breakers.all(), Instant.ofEpochMilli(now))
        : null;
  }

  @Operation(
      summary = "Show an incident",
      description = "One group of errors and the flows of it that changed last.")
  @GetMapping("/api/incidents/{fingerprint}")
  IncidentSearch.IncidentDetail one(
      @PathVariable("fingerprint") String fingerprint,
      @RequestParam(name = "window", required = false) @Nullable String window) {
    return incidents()
        .one(
            fingerprint,
            WindowParameter.of(window, DEFAULT_WINDOW, LONGEST_WINDOW),
            System.currentTimeMillis())
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.UNKNOWN_INCIDENT,
                    "No flow has an error of the group \"%s\": all of them completed or ended before"
                            .formatted(fingerprint)
                        + " the window, or there never was one."));
  }

  private IncidentSearch incidents() {
    return flows.incidents().orElseThrow(FlowController::searchOff);
  }
}
