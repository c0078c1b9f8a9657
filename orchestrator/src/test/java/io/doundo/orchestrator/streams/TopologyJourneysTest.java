package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.journey.FlowJourneys;
import io.doundo.orchestrator.journey.Stage;

/** The journeys through the topology. */
class TopologyJourneysTest extends FlowJourneys {

  @Override
  protected Stage stage() {
    return new TopologyStage();
  }
}
