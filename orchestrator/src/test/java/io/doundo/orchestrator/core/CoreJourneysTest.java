package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.FlowJourneys;
import io.doundo.orchestrator.journey.JourneyDriver;

/** The journeys on the bare core. */
class CoreJourneysTest extends FlowJourneys {

  @Override
  protected JourneyDriver driver() {
    return new CoreJourneyDriver();
  }
}
