package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The field names of nearly every record: reading one of them makes no new text. Stateless. */
final class KnownNames {

  static final List<String> NAMES =
      List.of(
          "headers",
          "payload",
          "flowId",
          "orchestrationName",
          "stepName",
          "action",
          "status",
          "seq",
          "attempt",
          "eventType",
          "timestamp",
          "errorMessage",
          "initiator",
          "serviceName",
          "X-Service-Name",
          "source");

  private static final int PLACES = 256;

  private static final @Nullable String[] TABLE = table();

  private KnownNames() {}

  private static @Nullable String[] table() {
    @Nullable String[] table = new @Nullable String[PLACES];
    for (String name : NAMES) {
      // Of two with one place, one is read as any other name.
      table[place(name.length(), name.charAt(0), name.charAt(name.length() - 1))] = name;
    }
    return table;
  }

  private static int place(int length, int first, int last) {
    return (31 * length + 7 * first + last) & (PLACES - 1);
  }

  /** The text of a field's name, which is valid UTF-8. */
  static String of(byte[] text, int from, int to) {
    int length = to - from;
    String known = length == 0 ? null : TABLE[place(length, text[from], text[to - 1])];
    return known != null && is(known, text, from, length)
        ? known
        : new String(text, from, length, StandardCharsets.UTF_8);
  }

  private static boolean is(String name, byte[] text, int from, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
