package io.doundo.plans.merge;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a person has decided a conflict: for one of the two values, or for a third one.
 *
 * @param path of the conflict
 * @param choose null when there is a value
 * @param value the third value; null when one of the two is chosen
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Resolution(String path, @Nullable Side choose, @Nullable JsonNode value) {

  /** Whose value is taken. */
  public enum Side {
    @JsonProperty("draft")
    DRAFT,
    @JsonProperty("current")
    CURRENT
  }

  /**
   * Checks what was sent.
   *
   * @throws IllegalArgumentException when it does not have exactly one of {@code choose} and {@code
   *     value}
   */
  public Resolution {
    if ((choose == null) == (value == null)) {
      throw new IllegalArgumentException(
          "the resolution of \"" + path + "\" needs either choose (draft or current) or value");
    }
  }
}
