package io.doundo.plans.draft;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a draft stands. */
public enum DraftStatus {
  /** Its author works on it. */
  DRAFT,
  /** An approval runs; the draft cannot be changed. */
  IN_APPROVAL,
  /** The same, and its author has to resolve a conflict first. */
  CONFLICT,
  /** Published. */
  APPROVED,
  REJECTED;

  /** As it is stored and sent. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DraftStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether an approval has it. */
  public boolean isLocked() {
    return this == IN_APPROVAL || this == CONFLICT;
  }
}
