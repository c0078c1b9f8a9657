package io.doundo.history.topology;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.WaitJourneys;

/** The journeys of flows that wait, through the topology. */
class TopologyWaitJourneysTest extends WaitJourneys {

  @Override
  protected JourneyDriver driver() {
    return new TopologyJourneyDriver();
  }
}
