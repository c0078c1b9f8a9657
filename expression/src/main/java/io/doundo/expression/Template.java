package io.doundo.expression;

import io.doundo.expression.value.Budget;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A JSON value with expressions in its texts, parsed once. Values are bound into it and never
 * scanned again, so that text from a payload is never evaluated, whatever it contains. Immutable
 * and thread-safe.
 */
public final class Template {

  private static final String TOO_LARGE =
      "the value is too large: it has more than " + Budget.MAX_VALUE + " bytes";

  private final List<Piece> pieces;
  private final Reads reads;

  Template(List<Piece> pieces, Reads reads) {
    this.pieces = List.copyOf(pieces);
    this.reads = reads;
  }

  /** A part of the template; the parts are written in order. */
  sealed interface Piece {}

  /** Fixed bytes of the JSON. */
  static final class Fixed implements Piece {
    private final byte[] json;

    Fixed(byte[] json) {
      this.json = json;
    }

    RawJson json() {
      return RawJson.trusted(json);
    }
  }

  /** An expression that is the whole of a text: its value keeps its type. */
  record Whole(String place, Source source) implements Piece {}

  /** A text with expressions in it. */
  record Mixed(String place, List<Span> spans) implements Piece {}

  /** A part of a text. */
  sealed interface Span {}

  /** Literal text of the document. */
  record Plain(String text) implements Span {}

  /** The text of a value. */
  record Inserted(Source source) implements Span {}

  List<Piece> pieces() {
    return pieces;
  }

  /** The values to be bound. */
  public Reads reads() {
    return reads;
  }

  /** Whether the template contains no expression. */
  public boolean isConstant() {
    return reads.equals(Reads.NONE) && pieces.stream().allMatch(Fixed.class::isInstance);
  }

  /**
   * The value for one flow.
   *
   * @return the value with every expression replaced by its own
   * @throws EvaluationException with the place of the first expression that has no value
   */
  public RawJson evaluate(Bindings bindings) throws EvaluationException {
    Budget budget = new Budget();
    if (pieces.size() == 1 && pieces.get(0) instanceof Whole whole) {
      return whole.source().json(bindings, budget, whole.place());
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream(256);
    for (Piece piece : pieces) {
      if (piece instanceof Fixed fixed) {
        json.writeBytes(fixed.json);
      } else if (piece instanceof Whole whole) {
        json.writeBytes(whole.source().json(bindings, budget, whole.place()).bytes());
      } else if (piece instanceof Mixed mixed) {
        json.writeBytes(Json.string(text(mixed, bindings, budget)).bytes());
      }
      if (json.size() > Budget.MAX_VALUE) {
        throw new EvaluationException("", TOO_LARGE);
      }
    }
    return RawJson.trusted(json.toByteArray());
  }

  private static String text(Mixed mixed, Bindings bindings, Budget budget)
      throws EvaluationException {
    StringBuilder text = new StringBuilder();
    for (Span span : mixed.spans()) {
      if (span instanceof Plain plain) {
        text.append(plain.text());
      } else if (span instanceof Inserted inserted) {
        text.append(inserted.source().text(bindings, budget, mixed.place()));
      }
      if (text.length() > Budget.MAX_VALUE) {
        throw new EvaluationException(mixed.place(), TOO_LARGE);
      }
    }
    return text.toString();
  }
}
