package io.doundo.protocol;

import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads enum constants from the wire, in upper or lower case. */
final class Enums {

  private Enums() {}

  static <E extends Enum<E>> E parse(Class<E> type, String field, String text)
      throws MalformedRecordException {
    String name = text.toUpperCase(Locale.ROOT);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
    throw new MalformedRecordException(
        "%s must be one of %s but is \"%s\"".formatted(field, known, Names.shortened(text)));
  }
}
