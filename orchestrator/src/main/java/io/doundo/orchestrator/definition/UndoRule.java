package io.doundo.orchestrator.definition;

import io.doundo.protocol.http.HttpOutcomes;
import org.jspecify.annotations.Nullable;

/** How a step is undone. */
public sealed interface UndoRule {

  /** {@code undo: none}: the step has no UNDO and is left standing. */
  UndoRule NONE = new None();

  /** The step's own UNDO, when it may have had an effect. */
  UndoRule OWN = new Own(false);

  /** {@code undoFailed: true}: the step's own UNDO, also when it failed without a known effect. */
  UndoRule OWN_EVEN_IF_FAILED = new Own(true);

  /** There is no UNDO. */
  record None() implements UndoRule {}

  /**
   * An UNDO goes the same way as the step's DO.
   *
   * @param evenIfFailed also when the DO failed without a known effect
   * @param input the command's payload, a JSON value with expressions in it; null for the payload
   *     and the results
   */
  record Own(boolean evenIfFailed, @Nullable String input) implements UndoRule {

    /** A rule whose command carries the default payload. */
    public Own(boolean evenIfFailed) {
      this(evenIfFailed, null);
    }
  }

  /**
   * A request undoes what the step's own request has done.
   *
   * @param ok a condition over {@code response}: whether it succeeded; null for 2xx
   * @param outcomes the meaning of single statuses
   */
  record Http(HttpTemplate request, @Nullable String ok, HttpOutcomes outcomes)
      implements UndoRule {}
}
