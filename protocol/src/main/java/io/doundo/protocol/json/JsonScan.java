package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Room for so many names is enough for most texts. */
  private static final int FIRST_NAMES = 16;

  private static final int MAX_NAME = 200;
  private static final int MAX_NUMBER = 50;
  private static final int GIVE_UP = -1;

  private static final byte[] HEADERS = "headers".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.US_ASCII);

  private final byte[] text;

  /** Where the names of the objects that are open begin and end, innermost last. */
  private int[] names = new int[2 * FIRST_NAMES];

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
    return scan.document(scan.slices(fields)) ? fields : null;
  }

  /** Takes every field as it was written. */
  private Fields slices(Map<String, RawJson> fields) {
    return (nameFrom, nameTo, from, to) -> fields.put(name(nameFrom, nameTo), slice(from, to));
  }

  /**
   * The strings, numbers and booleans among an object's fields as text.
   *
   * @param text valid UTF-8
   * @return null when it is not plain
   */
  static @Nullable Map<String, String> scalars(byte[] text) {
    JsonScan scan = new JsonScan(text);
    Scalars scalars = scan.new Scalars();
    if (!scan.is(0, '{')) {
      return null;
    }
    int end = scan.object(0, 0, scalars);
    return end == text.length && !scalars.hasEscapes ? scalars.found : null;
  }

  /**
   * An object's field {@code headers}, which is an object itself, and {@code payload}, in one pass.
   *
   * @param text valid UTF-8
   * @return null when it is not plain, or has no such headers
   */
  static @Nullable PlainEnvelope envelope(byte[] text) {
    JsonScan scan = new JsonScan(text);
    Scalars headers = scan.new Scalars();
    EnvelopeFields found = scan.new EnvelopeFields(headers);
    boolean isPlain = scan.document(found) && found.hasHeaders && !headers.hasEscapes;
    return isPlain ? new PlainEnvelope(headers.found, found.payload) : null;
  }

  /** The same with each header as it was written. */
  static @Nullable RawEnvelope rawEnvelope(byte[] text) {
    JsonScan scan = new JsonScan(text);
    Map<String, RawJson> headers = new LinkedHashMap<>();
    EnvelopeFields found = scan.new EnvelopeFields(scan.slices(headers));
    return scan.document(found) && found.hasHeaders
        ? new RawEnvelope(headers, found.payload)
        : null;
  }

  /**
   * The fields of all these objects in one: a later object's win, in the place where a field first
   * stood, each value as it was written.
   *
   * @param objects each valid UTF-8
   * @return null when one of them is not plain, or there are too many fields
   */
  static byte @Nullable [] merged(List<RawJson> objects) {
    Merge merge = new Merge();
    for (RawJson object : objects) {
      if (!merge.add(object.bytes())) {
        return null;
      }
    }
    return merge.written();
  }

  /** Scans the whole text, which is one object and blanks around it. */
  private boolean document(Fields sink) {
    int at = blanks(0);
    if (!is(at, '{')) {
      return false;
    }
    at = object(at, 0, sink);
    return at != GIVE_UP && blanks(at) == text.length;
  }

  /** Whether the text is one plain value, well within all limits. */
  static boolean isPlain(byte[] text) {
    return new JsonScan(text).value(0, 1) == text.length;
  }

  /** Receives the fields of an object, in their order. */
  @FunctionalInterface
  private interface Fields {

    /** A field, by the places of its name, without quotes, and of its value. */
    void is(int nameFrom, int nameTo, int from, int to);

    /** Receives what is in a field that is an object itself; null when nobody looks into it. */
    default @Nullable Fields inside(int nameFrom, int nameTo) {
      return null;
    }
  }

  /** Takes the strings, numbers and booleans, as text. */
  private final class Scalars implements Fields {

    private final Map<String, String> found = new LinkedHashMap<>();
    private boolean hasEscapes;

    @Override
    public void is(int nameFrom, int nameTo, int from, int to) {
      switch (text[from]) {
        case '{', '[', 'n' -> {}
        case '"' -> {
          hasEscapes |= hasEscape(from, to);
          found.put(name(nameFrom, nameTo), text(from + 1, to - 1));
        }
        default -> found.put(name(nameFrom, nameTo), text(from, to));
      }
    }
  }

  /** Takes the two fields of an envelope. */
  private final class EnvelopeFields implements Fields {

    private final Fields headers;
    private boolean hasHeaders;
    private @Nullable RawJson payload;

    EnvelopeFields(Fields headers) {
      this.headers = headers;
    }

    @Override
    public @Nullable Fields inside(int nameFrom, int nameTo) {
      hasHeaders |= isName(HEADERS, nameFrom, nameTo);
      return isName(HEADERS, nameFrom, nameTo) ? headers : null;
    }

    @Override
    public void is(int nameFrom, int nameTo, int from, int to) {
      if (isName(PAYLOAD, nameFrom, nameTo)) {
        payload = slice(from, to);
      }
    }
  }

  private boolean isName(byte[] name, int from, int to) {
    return Arrays.equals(name, 0, name.length, text, from, to);
  }

  /** The fields of several objects, by their places in these. */
  private static final class Merge {

    /** So many fields are compared one by one without a table. */
    private static final int MOST_FIELDS = 64;

    /** Of each field: where its name begins and ends, and its value. */
    private static final int PLACES = 4;

    private int[] places = new int[PLACES * FIRST_NAMES];
    private byte[][] names = new byte[FIRST_NAMES][];
    private byte[][] values = new byte[FIRST_NAMES][];
    private int size;
    private boolean tooMany;

    /** Whether the object is plain, and there is room for its fields. */
    boolean add(byte[] object) {
      return new JsonScan(object)
              .document((nameFrom, nameTo, from, to) -> put(object, nameFrom, nameTo, from, to))
          && !tooMany;
    }

    private void put(byte[] object, int nameFrom, int nameTo, int from, int to) {
      int field = 0;
      while (field < size && !isName(field, object, nameFrom, nameTo)) {
        field++;
      }
      if (field == MOST_FIELDS) {
        tooMany = true;
        return;
      }
      if (field == names.length) {
        places = Arrays.copyOf(places, 2 * places.length);
        names = Arrays.copyOf(names, 2 * field);
        values = Arrays.copyOf(values, 2 * field);
      }
      int place = PLACES * field;
      if (field == size) {
        size++;
        names[field] = object;
        places[place] = nameFrom;
        places[place + 1] = nameTo;
      }
      values[field] = object;
      places[place + 2] = from;
      places[place + 3] = to;
    }

    private boolean isName(int field, byte[] object, int from, int to) {
      int place = PLACES * field;
      return Arrays.equals(names[field], places[place], places[place + 1], object, from, to);
    }

    byte[] written() {
      byte[] out = new byte[length()];
      int at = 0;
      out[at++] = '{';
      for (int field = 0; field < size; field++) {
        int place = PLACES * field;
        if (field > 0) {
          out[at++] = ',';
        }
        out[at++] = '"';
        at = copy(names[field], places[place], places[place + 1], out, at);
        out[at++] = '"';
        out[at++] = ':';
        at = copy(values[field], places[place + 2], places[place + 3], out, at);
      }
      out[at] = '}';
      return out;
    }

    /** With quotes and a colon for each field, commas between them and brackets around them. */
    private int length() {
      int length = 2 + Math.max(0, size - 1) + 3 * size;
      for (int place = 0; place < PLACES * size; place += PLACES) {
        length += places[place + 1] - places[place] + places[place + 3] - places[place + 2];
      }
      return length;
    }

    private static int copy(byte[] source, int from, int to, byte[] target, int at) {
      System.arraycopy(source, from, target, at, to - from);
      return at + to - from;
    }
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

  private int object(int begin, int depth, @Nullable Fields sink) {
    if (depth == MAX_DEPTH) {
      return GIVE_UP;
    }
    int first = open;
    int at = blanks(begin + 1);
    if (is(at, '}')) {
      return at + 1;
    }
    while (is(at, '"')) {
      int nameEnd = newName(at + 1, first);
      if (nameEnd == GIVE_UP) {
        return GIVE_UP;
      }
      int from = blanks(nameEnd + 1);
      if (!is(from, ':')) {
        return GIVE_UP;
      }
      from = blanks(from + 1);
      int to =
          sink != null && is(from, '{')
              ? object(from, depth + 1, sink.inside(at + 1, nameEnd))
              : value(from, depth + 1);
      if (to == GIVE_UP) {
        return GIVE_UP;
      }
      if (sink != null) {
        sink.is(at + 1, nameEnd, from, to);
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
  private int newName(int begin, int first) {
    int end = begin;
    while (end < text.length && text[end] != '"') {
      if (text[end] == '\\' || (text[end] >= 0 && text[end] < ' ')) {
        return GIVE_UP;
      }
      end++;
    }
    if (end == text.length || end - begin > MAX_NAME || open == 2 * MAX_NAMES) {
      return GIVE_UP;
    }
    for (int i = first; i < open; i += 2) {
      if (Arrays.equals(text, names[i], names[i + 1], text, begin, end)) {
        return GIVE_UP;
      }
    }
    if (open == names.length) {
      names = Arrays.copyOf(names, 2 * open);
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
    int at = EightBytes.ordinaryUntil(text, begin);
    while (at < text.length) {
      byte b = text[at++];
      if (b == '"') {
        return at;
      }
      if (b == '\\') {
        if (at == text.length || !isShortEscape(text[at])) {
          return GIVE_UP;
        }
        at = EightBytes.ordinaryUntil(text, at + 1);
      } else if (b >= 0 && b < ' ') {
        return GIVE_UP;
      }
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

  private String name(int from, int to) {
    return KnownNames.of(text, from, to);
  }

  private String text(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  private RawJson slice(int from, int to) {
    return new RawJson(Arrays.copyOfRange(text, from, to));
  }
}
