package io.doundo.history.topology;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.TaskJourneys;

/** The journeys of flows with tasks, through the topology. */
class TopologyTaskJourneysTest extends TaskJourneys {

  @Override
  protected JourneyDriver driver() {
    return new TopologyJourneyDriver();
  }
}
