package io.doundo.history.topology;

import io.doundo.orchestrator.journey.FlowJourneys;
import io.doundo.orchestrator.journey.JourneyDriver;

/** The journeys through the topology. */
class TopologyJourneysTest extends FlowJourneys {

  @Override
  protected JourneyDriver driver() {
    return new TopologyJourneyDriver();
  }
}
