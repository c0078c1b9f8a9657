package io.doundo.history.topology;

import io.doundo.orchestrator.journey.ChoiceJourneys;
import io.doundo.orchestrator.journey.JourneyDriver;

/** The journeys with choices through the topology. */
class TopologyChoiceJourneysTest extends ChoiceJourneys {

  @Override
  protected JourneyDriver driver() {
    return new TopologyJourneyDriver();
  }
}
