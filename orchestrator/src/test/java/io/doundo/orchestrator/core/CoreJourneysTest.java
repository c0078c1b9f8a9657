package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.FlowJourneys;
import io.doundo.orchestrator.journey.Stage;

/** The journeys on the bare core. */
class CoreJourneysTest extends FlowJourneys {

  @Override
  protected Stage stage() {
    return new CoreStage();
  }
}
