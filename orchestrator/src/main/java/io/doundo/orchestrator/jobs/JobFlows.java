package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.play.RequestForecast;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSelection;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.protocol.ControlCommand;
import java.util.Optional;

/** The flows, as far as jobs read them. */
public interface JobFlows {

  /** All flows that match a query of the lists; empty when lists are switched off. */
  Optional<FlowSelection> matching(FlowQuery query, int limit);

  /**
   * All flows whose step was run by a version of its worker.
   *
   * @throws IllegalArgumentException when not all of them are kept any more
   */
  FlowSelection ranOn(RanOn query, int limit);

  /** One flow as it stands now. */
  Optional<SelectedFlow> find(String flowId);

  /** What a request would do to one flow; empty when there is no such flow. */
  Optional<RequestForecast> forecast(ControlCommand request);
}
