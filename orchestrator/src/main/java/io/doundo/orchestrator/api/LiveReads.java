package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FilterText;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.protocol.json.Json;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Flows as the live stream reads them again and again, in the form in which REST shows them. */
@Component
public class LiveReads {

  private static final int STATS_MINUTES = 60;

  private final Flows flows;

  LiveReads(Flows flows) {
    this.flows = flows;
  }

  /**
   * The first page of a list.
   *
   * @param filter the query of the list, such as {@code status=PARKED&sort=-updatedAt}
   * @throws ApiProblem when the filter cannot be understood, or lists are disabled
   */
  public Supplier<FlowPage> list(String filter) {
    FlowSearch search = flows.search().orElseThrow(FlowController::searchOff);
    FlowFilter bound = FilterText.withOrder(Json.string(filter));
    // Refuses what is wrong now, not at the first reading.
    bound.query(bound.orchestration());
    return () -> search.find(bound.query(bound.orchestration()));
  }

  /**
   * The numbers of all flows in the last hour.
   *
   * @throws ApiProblem when lists are disabled
   */
  public Supplier<LiveStats> stats() {
    FlowSearch search = flows.search().orElseThrow(FlowController::searchOff);
    return () -> LiveStats.of(search.stats(STATS_MINUTES, null, System.currentTimeMillis()));
  }
}
