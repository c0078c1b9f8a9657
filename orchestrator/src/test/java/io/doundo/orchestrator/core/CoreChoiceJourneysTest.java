package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.ChoiceJourneys;
import io.doundo.orchestrator.journey.JourneyDriver;

/** The journeys with choices on the bare core. */
class CoreChoiceJourneysTest extends ChoiceJourneys {

  @Override
  protected JourneyDriver driver() {
    return new CoreJourneyDriver();
  }
}
