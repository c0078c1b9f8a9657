package io.doundo.expression;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads values of flows as JSON trees. A value may be JSON and still hold what no tree can, such as
 * a number with an exponent beyond all bounds; such a value is like one that cannot be computed.
 */
public final class ComputedJson {

  private ComputedJson() {}

  /**
   * The tree of a value.
   *
   * @param place of the expression that asks for it, or empty
   * @throws EvaluationException when no tree can hold the value
   */
  public static JsonNode tree(RawJson value, String place) throws EvaluationException {
    try {
      return Json.MAPPER.readTree(value.bytes());
    } catch (NumberFormatException | JacksonException e) {
      throw new EvaluationException(
          place, "the value cannot be read, as a number in it is out of bounds or it is too deep");
    }
  }

  /**
   * The text of a string, number or boolean.
   *
   * @param place of the expression that asks for it, or empty
   * @throws EvaluationException when it is a number that is out of bounds
   */
  public static String text(RawJson scalar, String place) throws EvaluationException {
    return tree(scalar, place).asString();
  }
}
