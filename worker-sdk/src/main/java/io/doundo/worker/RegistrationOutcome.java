package io.doundo.worker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome for one orchestration of a registered document.
 *
 * @param orchestration null when the document does not even say that
 * @param problems why it was refused; empty when it was accepted
 */
public record RegistrationOutcome(
    @Nullable String orchestration,
    boolean accepted,
    List<String> problems,
    List<String> warnings) {

  public RegistrationOutcome {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }
}
