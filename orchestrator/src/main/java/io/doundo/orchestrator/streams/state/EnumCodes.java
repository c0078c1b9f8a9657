package io.doundo.orchestrator.streams.state;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The stored codes of an enum's values: their places in a list that is only ever appended to, so
 * that the enum itself can be reordered freely. Immutable.
 */
public final class EnumCodes<E extends Enum<E>> {

  private final List<E> values;
  private final Map<E, Integer> codes;

  /**
   * The value that is stored under a code.
   *
   * @throws IllegalArgumentException when a value is missing or stands twice
   */
  public EnumCodes(Class<E> type, List<E> values) {
    this.values = List.copyOf(values);
    this.codes = new EnumMap<>(type);
    for (int code = 0; code < values.size(); code++) {
      codes.put(values.get(code), code);
    }
    if (codes.size() != values.size() || codes.size() != type.getEnumConstants().length) {
      throw new IllegalArgumentException("every " + type.getSimpleName() + " has exactly one code");
    }
  }

  public int codeOf(E value) {
    Integer code = codes.get(value);
    if (code == null) {
      throw new IllegalArgumentException(value + " has no code");
    }
    return code;
  }

  /** Whether a later release may have assigned the code to a new value. */
  boolean isBeyond(int code) {
    return code >= values.size();
  }

  /**
   * The value that is stored under a code.
   *
   * @throws UnreadableValueException when no value has this code
   */
  public E valueOf(int code) {
    if (code < 0 || code >= values.size()) {
      throw new UnreadableValueException("no value has the code " + code);
    }
    return values.get(code);
  }
}
