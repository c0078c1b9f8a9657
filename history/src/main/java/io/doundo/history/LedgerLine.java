package io.doundo.history;

import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * A line of a worker's append-only ledger: what a command's handler did in the world.
 *
 * @param began when the handler began, ms since the epoch; {@code at} where the ledger does not say
 * @param at when it had its effect, ms since the epoch
 * @param effectId different for every line
 * @param thing what was made or removed; null when the world names it by flow and step
 * @param answer whether the worker answered for it, where the ledger says so
 */
public record LedgerLine(
    String effectId,
    long began,
    long at,
    String flowId,
    String step,
    CommandAction action,
    int generation,
    int attempt,
    @Nullable String thing,
    Kind kind,
    Report answer) {

  /** The effect on the world. */
  public enum Kind {
    /** Something stands that did not. */
    CREATED,
    /** The thing was removed. */
    REMOVED,
    /** There was nothing to remove. */
    NOTHING_TO_REMOVE,
    /** The handler ran, and had no effect; not every ledger has these. */
    NOTHING_DONE
  }

  /** The answer as far as the ledger knows it. */
  public enum Report {
    /** The ledger does not say. */
    UNKNOWN,
    ANSWERED,
    UNANSWERED
  }
}
