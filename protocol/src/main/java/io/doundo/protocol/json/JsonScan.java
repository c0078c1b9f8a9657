package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a plain JSON object apart in one pass over its bytes. It knows the strict grammar and
 * nothing unusual: at the first error, at escapes in names, at great depth, size or number of
 * fields it gives up, and the caller's parser, which decides what is right and says what is wrong,
 * does it all again. Whatever it accepts, that parser accepts with the same result. Used once.
 */
final class JsonScan {

  private static final int MAX_DEPTH = 40;
  private static final int MAX_NAMES = 64;
  private static final int MAX_NAME = 200;
  private static final int MAX_NUMBER = 50;
  private static final int GIVE_UP = -1;

  private final byte[] text;

  /** Where the names of the objects that are open begin and end, innermost last. */
  private final int[] names = new int[2 * MAX_NAMES];

  private int open;

  private JsonScan(byte[] text) {
    this.text = text;
  }

  /**
   * The fields of an object, each value as it was written.
   *
   * @param text valid UTF-8
   * @return null when it is not plain
   */
  static @Nullable Map<String, RawJson> fields(byte[] text) {
    JsonScan scan = new JsonScan(text);
    Map<String, RawJson> fields = new LinkedHashMap<>();
    int at = scan.blanks(0);
    if (!scan.is(at, '{')) {
      return null;
    }
    at = scan.object(at, 0, (name, from, to) -> fields.put(name, scan.slice(from, to)));
    return at != GIVE_UP && scan.blanks(at) == text.length ? fields : null;
  }

  /**
   * The strings, numbers and booleans among an object's fields as text.
   *
   * @param text valid UTF-8
   * @return null when it is not plain
   */
  static @Nullable Map<String, String> scalars(byte[] text) {
    JsonScan scan = new JsonScan(text);
    Map<String, String> scalars = new LinkedHashMap<>();
    boolean[] escapes = new boolean[1];
    if (!scan.is(0, '{')) {
      return null;
    }
    int end =
        scan.object(
            0,
            0,
            (name, from, to) -> {
              switch (text[from]) {
                case '{', '[', 'n' -> {}
                case '"' -> {
                  escapes[0] |= scan.hasEscape(from, to);
                  scalars.put(name, scan.text(from + 1, to - 1));
                }
                default -> scalars.put(name, scan.text(from, to));
              }
            });
    return end == text.length && !escapes[0] ? scalars : null;
  }

  /** Whether the text is one plain value, well within all limits. */
  static boolean isPlain(byte[] text) {
    return new JsonScan(text).value(0, 1) == text.length;
  }

  private interface Field {
    void is(String name, int from, int to);
  }

  private int value(int at, int depth) {
    if (at >= text.length) {
      return GIVE_UP;
    }
    return switch (text[at]) {
      case '"' -> string(at + 1);
      case '{' -> object(at, depth, null);
      case '[' -> array(at, depth);
      case 't' -> literal(at, "true");
      case 'f' -> literal(at, "false");
      case 'n' -> literal(at, "null");
      default -> number(at);
    };
  }

  private int object(int begin, int depth, @Nullable Field sink) {
    if (depth == MAX_DEPTH) {
      return GIVE_UP;
    }
    int first = open;
    int at = blanks(begin + 1);
    if (is(at, '}')) {
      return at + 1;
    }
    while (is(at, '"')) {
      int nameEnd = name(at + 1, first);
      if (nameEnd == GIVE_UP) {
        return GIVE_UP;
      }
      int from = blanks(nameEnd + 1);
      if (!is(from, ':')) {
        return GIVE_UP;
      }
      from = blanks(from + 1);
      int to = value(from, depth + 1);
      if (to == GIVE_UP) {
        return GIVE_UP;
      }
      if (sink != null) {
        sink.is(text(at + 1, nameEnd), from, to);
      }
      at = blanks(to);
      if (is(at, '}')) {
        open = first;
        return at + 1;
      }
      if (!is(at, ',')) {
        return GIVE_UP;
      }
      at = blanks(at + 1);
    }
    return GIVE_UP;
  }

  /** Where the name ends, unless its object has it already. */
  private int name(int begin, int first) {
    int end = begin;
    while (end < text.length && text[end] != '"') {
      if (text[end] == '\\' || (text[end] >= 0 && text[end] < ' ')) {
        return GIVE_UP;
      }
      end++;
    }
    if (end == text.length || end - begin > MAX_NAME || open == names.length) {
      return GIVE_UP;
    }
    for (int i = first; i < open; i += 2) {
      if (Arrays.equals(text, names[i], names[i + 1], text, begin, end)) {
        return GIVE_UP;
      }
    }
    names[open++] = begin;
    names[open++] = end;
    return end;
  }

  private int array(int begin, int depth) {
    if (depth == MAX_DEPTH) {
      return GIVE_UP;
    }
    int at = blanks(begin + 1);
    if (is(at, ']')) {
      return at + 1;
    }
    while (true) {
      at = value(at, depth + 1);
      if (at == GIVE_UP) {
        return GIVE_UP;
      }
      at = blanks(at);
      if (is(at, ']')) {
        return at + 1;
      }
      if (!is(at, ',')) {
        return GIVE_UP;
      }
      at = blanks(at + 1);
    }
  }

  private int string(int begin) {
    int at = begin;
    while (at < text.length) {
      byte b = text[at];
      if (b == '"') {
        return at + 1;
      }
      if (b == '\\') {
        at++;
        if (at == text.length || !isShortEscape(text[at])) {
          return GIVE_UP;
        }
      } else if (b >= 0 && b < ' ') {
        return GIVE_UP;
      }
      at++;
    }
    return GIVE_UP;
  }

  private static boolean isShortEscape(byte b) {
    return switch (b) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      default -> false;
    };
  }

  private int literal(int begin, String literal) {
    int end = begin + literal.length();
    if (end > text.length) {
      return GIVE_UP;
    }
    for (int i = 0; i < literal.length(); i++) {
      if (text[begin + i] != literal.charAt(i)) {
        return GIVE_UP;
      }
    }
    return end;
  }

  private int number(int begin) {
    int at = is(begin, '-') ? begin + 1 : begin;
    if (is(at, '0')) {
      at++;
    } else {
      at = digits(at);
    }
    if (at != GIVE_UP && is(at, '.')) {
      at = digits(at + 1);
    }
    if (at != GIVE_UP && (is(at, 'e') || is(at, 'E'))) {
      at = digits(is(at + 1, '+') || is(at + 1, '-') ? at + 2 : at + 1);
    }
    return at == GIVE_UP || at - begin > MAX_NUMBER ? GIVE_UP : at;
  }

  private int digits(int begin) {
    int at = begin;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at == begin ? GIVE_UP : at;
  }

  private int blanks(int begin) {
    int at = begin;
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
    return at;
  }

  private boolean is(int at, char ascii) {
    return at < text.length && text[at] == ascii;
  }

  private boolean hasEscape(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  private String text(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  private RawJson slice(int from, int to) {
    return new RawJson(Arrays.copyOfRange(text, from, to));
  }
}
