package io.doundo.orchestrator.core;

import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.journey.VocabularyJourneys;

/** The journeys of the new vocabulary, on the bare core. */
class CoreVocabularyTest extends VocabularyJourneys {

  @Override
  protected JourneyDriver driver() {
    return new CoreJourneyDriver();
  }
}
