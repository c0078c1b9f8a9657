package io.doundo.expression;

import io.doundo.expression.value.Budget;
import io.doundo.protocol.json.RawJson;

/** One expression of a document, ready to be evaluated. Immutable and thread-safe. */
sealed interface Source permits Path, Program {

  /** The values that it reads. */
  Reads reads();

  /** Its value as JSON. */
  RawJson json(Bindings bindings, Budget budget, String place) throws EvaluationException;

  /** Its value as part of a text. */
  String text(Bindings bindings, Budget budget, String place) throws EvaluationException;

  /** Its value as a condition. */
  boolean truth(Bindings bindings, Budget budget, String place) throws EvaluationException;
}
