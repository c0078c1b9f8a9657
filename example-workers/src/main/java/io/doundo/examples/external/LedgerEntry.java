package io.doundo.examples.external;

import org.jspecify.annotations.Nullable;

/**
 * One effect on the outside world, as it happened. Lines are never changed and never removed, so
 * that what was done twice and undone once shows.
 *
 * @param began when the worker turned to it, ms since the epoch
 * @param at when it had its effect, ms since the epoch
 * @param instance the worker process that had the effect
 * @param thingId null when there was nothing to remove
 */
public record LedgerEntry(
    String effectId,
    long began,
    long at,
    String instance,
    String orchestration,
    String step,
    String flowId,
    String action,
    int generation,
    int attempt,
    String idempotencyKey,
    @Nullable String thingId,
    EntryKind kind) {

  /** The action. */
  public enum EntryKind {
    CREATED,
    REMOVED,
    /** An UNDO ran, and found nothing. */
    NOTHING_TO_REMOVE
  }
}
