package io.doundo.orchestrator.definition;

import java.util.Locale;

/**
 * Whether a name takes starts. Not part of a definition's content: flows that run go on, whatever
 * it is.
 */
public enum OrchestrationStatus {
  /** Registered, and not to be started yet. */
  DRAFT,
  ACTIVE,
  /** Takes no starts for a while. */
  PAUSED,
  /** Takes no starts any more. */
  RETIRED;

  /** As documents and people write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
