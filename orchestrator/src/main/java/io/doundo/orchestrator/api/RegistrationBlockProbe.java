package io.doundo.orchestrator.api;

import java.util.Optional;

/** Whether registrations are blocked, so that nobody waits for an answer in vain. */
@FunctionalInterface
public interface RegistrationBlockProbe {

  /** Since when, by which record and why; empty when registrations are carried out. */
  Optional<String> current();
}
