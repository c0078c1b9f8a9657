package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.TaskJourneys;

/** The journeys of flows with tasks, on the bare core. */
class CoreTaskJourneysTest extends TaskJourneys {

  @Override
  protected JourneyDriver driver() {
    return new CoreJourneyDriver();
  }
}
