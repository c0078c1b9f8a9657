package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.WaitJourneys;

/** The journeys of flows that wait, on the bare core. */
class CoreWaitJourneysTest extends WaitJourneys {

  @Override
  protected JourneyDriver driver() {
    return new CoreJourneyDriver();
  }
}
