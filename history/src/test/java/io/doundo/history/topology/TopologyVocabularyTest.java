package io.doundo.history.topology;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.VocabularyJourneys;

/** The journeys of the new vocabulary, through the topology. */
class TopologyVocabularyTest extends VocabularyJourneys {

  @Override
  protected JourneyDriver driver() {
    return new TopologyJourneyDriver();
  }
}
