package io.doundo.plans.json;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON that loses no digit of an amount. */
public final class PlanJson {

  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** 10 and 10.0 are the same amount. */
  private static final Comparator<JsonNode> SAME =
      (one, other) -> {
        if (one.isNumber() && other.isNumber()) {
          return one.decimalValue().compareTo(other.decimalValue());
        }
        return one.equals(other) ? 0 : 1;
      };

  private PlanJson() {}

  /** Whether both are absent, or both are there and say the same. */
  public static boolean same(@Nullable JsonNode one, @Nullable JsonNode other) {
    return one == null ? other == null : other != null && one.equals(SAME, other);
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException when the text is not JSON, or not an object
   */
  public static ObjectNode object(String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException("expected a JSON object");
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }
}
