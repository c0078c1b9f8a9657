package io.doundo.orchestrator.api;

import java.util.Optional;

/** Whether registrations are held up, so that nobody waits for an answer that does not come. */
@FunctionalInterface
public interface RegistrationBlockProbe {

  /** Since when, by which record and why; empty when registrations are carried out. */
  Optional<String> current();
}
