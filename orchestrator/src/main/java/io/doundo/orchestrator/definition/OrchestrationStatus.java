package io.doundo.orchestrator.definition;

import java.util.Locale;

/**
 * Whether an orchestration accepts starts. Not part of a definition's content: running flows go on,
 * whatever the status.
 */
public enum OrchestrationStatus {
  /** Registered, but does not accept starts yet. */
  DRAFT,
  ACTIVE,
  /** Accepts no starts for a while. */
  PAUSED,
  /** Accepts no starts any more. */
  RETIRED;

  /** As documents and people write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
