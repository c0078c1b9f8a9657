package io.doundo.protocol.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as this project reads it: UTF-8 only, duplicate fields refused, nothing after the value,
 * depth, strings and numbers limited, no default typing. Thread-safe.
 */
public final class Json {

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(100)
          .maxStringLength(10 * 1024 * 1024)
          .maxNumberLength(100)
          .maxNameLength(1_000)
          .build();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(LIMITS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** The one mapper of the project; numbers keep their exact value. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  /** Each level of an object is scanned once more; a parser is faster for what is deeper. */
  private static final int MOST_SCANS = 4;

  /** A whole number with more zeroes at its end keeps its exponent. */
  private static final int MOST_ZEROES = 100;

  private Json() {}

  /**
   * Checks that the bytes are one JSON value.
   *
   * @throws MalformedRecordException with the place and the reason when they are not
   */
  public static RawJson value(byte[] bytes) throws MalformedRecordException {
    byte[] text = checked(bytes);
    try (JsonParser parser = parser(text)) {
      if (parser.nextToken() == null) {
        throw new MalformedRecordException("the record is empty");
      }
      RawJson value = slice(parser, text);
      requireEnd(parser);
      return value;
    } catch (JacksonException e) {
      throw malformed(bytes, e);
    }
  }

  /**
   * The fields of a JSON object, in their order, each value as it was written.
   *
   * @throws MalformedRecordException when the bytes are not one JSON object
   */
  public static Map<String, RawJson> fields(byte[] bytes) throws MalformedRecordException {
    byte[] text = checked(bytes);
    Map<String, RawJson> plain = JsonScan.fields(text);
    return plain == null ? parsedFields(bytes, text) : plain;
  }

  /** The fields of an object that was read before, and so is known to be one. */
  public static Map<String, RawJson> trustedFields(RawJson object) {
    try {
      return fields(object.bytes());
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("not a JSON object after all: " + e.reason(), e);
    }
  }

  /**
   * The same with the parser, which takes everything that is right and says what is wrong.
   *
   * @param bytes as they came, for the error text
   */
  static Map<String, RawJson> parsedFields(byte[] bytes, byte[] text)
      throws MalformedRecordException {
    try (JsonParser parser = parser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new MalformedRecordException("the record is empty");
      }
      if (first != JsonToken.START_OBJECT) {
        RawJson value = slice(parser, text);
        requireEnd(parser);
        throw new MalformedRecordException(
            FragmentHint.withHint(
                "expected a JSON object but found " + kind(value) + ' ' + excerpt(value), bytes));
      }
      Map<String, RawJson> fields = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        fields.put(name, slice(parser, text));
      }
      requireEnd(parser);
      return fields;
    } catch (JacksonException e) {
      throw malformed(bytes, e);
    }
  }

  /**
   * The headers and the payload of a record, in one pass.
   *
   * @return null when the record is none, or not a plain one: its {@link #fields} tell more
   * @throws MalformedRecordException when the bytes are no text
   */
  public static @Nullable PlainEnvelope plainEnvelope(byte[] bytes)
      throws MalformedRecordException {
    return JsonScan.envelope(checked(bytes));
  }

  /** The same with each header as it was written. */
  public static @Nullable RawEnvelope rawEnvelope(byte[] bytes) throws MalformedRecordException {
    return JsonScan.rawEnvelope(checked(bytes));
  }

  /** The strings, numbers and booleans among an object's fields as text; other fields left out. */
  public static Map<String, String> scalars(RawJson object) throws MalformedRecordException {
    Map<String, String> plain = JsonScan.scalars(object.bytes());
    return plain == null ? parsedScalars(object) : plain;
  }

  /** The same with the parser. */
  static Map<String, String> parsedScalars(RawJson object) throws MalformedRecordException {
    Map<String, String> scalars = new LinkedHashMap<>();
    try (JsonParser parser = parser(object.bytes())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (token.isStructStart()) {
          parser.skipChildren();
        } else if (token != JsonToken.VALUE_NULL) {
          scalars.put(name, parser.getString());
        }
      }
      return scalars;
    } catch (JacksonException e) {
      throw malformed(object.bytes(), e);
    }
  }

  /** The text of a string, number or boolean. */
  public static String text(RawJson scalar) {
    return MAPPER.readTree(scalar.bytes()).asString();
  }

  /**
   * Merges JSON objects: top-level fields, a later object's win, each value byte for byte as it
   * was. A field keeps the place where it first stood.
   */
  public static RawJson merge(List<RawJson> objects) throws MalformedRecordException {
    if (objects.size() == 1) {
      return objects.get(0);
    }
    byte[] plain = areTexts(objects) ? JsonScan.merged(objects) : null;
    return plain == null ? mergedFields(objects) : new RawJson(plain);
  }

  private static boolean areTexts(List<RawJson> objects) {
    for (RawJson object : objects) {
      if (!Utf8.isValid(object.bytes())) {
        return false;
      }
    }
    return true;
  }

  /** The same for objects that are not plain, or have many fields. */
  static RawJson mergedFields(List<RawJson> objects) throws MalformedRecordException {
    Map<String, RawJson> merged = new LinkedHashMap<>();
    for (RawJson object : objects) {
      merged.putAll(fields(object.bytes()));
    }
    return object(merged);
  }

  /**
   * Checks that every reader of this project takes the value as the payload of a record. Writers of
   * values check here, where they can still report it, so that no reader has to fail.
   *
   * @throws MalformedRecordException with the limit that the value exceeds
   */
  public static void requirePayload(RawJson value) throws MalformedRecordException {
    if (!JsonScan.isPlain(value.bytes())) {
      parsedFields(
          new byte[0],
          new JsonWriter(64).beginObject().field("p", value).endObject().toByteArray());
    }
  }

  /** Writes an object of these fields, in their order. */
  public static RawJson object(Map<String, RawJson> fields) {
    JsonWriter out = new JsonWriter(512);
    out.beginObject();
    fields.forEach(out::anyField);
    out.endObject();
    return new RawJson(out.toByteArray());
  }

  /** Writes an array of these values, in their order. */
  public static RawJson array(List<RawJson> elements) {
    JsonWriter out = new JsonWriter(512);
    out.beginArray();
    elements.forEach(out::element);
    out.endArray();
    return new RawJson(out.toByteArray());
  }

  /**
   * The elements of a JSON array, each value as it was written.
   *
   * @param array a value that was read before
   */
  public static List<RawJson> elements(RawJson array) {
    List<RawJson> elements = new ArrayList<>();
    try (JsonParser parser = parser(array.bytes())) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException("expected an array but found " + kind(array));
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(slice(parser, array.bytes()));
      }
    }
    return elements;
  }

  /** A JSON number. */
  public static RawJson number(long number) {
    return new RawJson(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  /** A JSON string. */
  public static RawJson string(String text) {
    byte[] json = new byte[text.length() + 2];
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (sign < ' ' || sign > '~' || sign == '"' || sign == '\\') {
        return new RawJson(MAPPER.writeValueAsBytes(text));
      }
      json[i + 1] = (byte) sign;
    }
    json[0] = '"';
    json[json.length - 1] = '"';
    return new RawJson(json);
  }

  /** Writes a tree, which is one JSON value by construction. */
  public static RawJson of(JsonNode tree) {
    return new RawJson(MAPPER.writeValueAsBytes(tree));
  }

  /**
   * The same value in one spelling: fields sorted by name, no blanks, numbers without a needless
   * exponent or trailing zeroes. Equal content has equal canonical bytes. A value with a number
   * that is too large for any reader stays as it is written. Plain objects are sorted without being
   * parsed.
   */
  public static RawJson canonical(RawJson value) {
    return canonical(value, 0);
  }

  private static RawJson canonical(RawJson value, int depth) {
    if (isCanonicalScalar(value.bytes())) {
      return value;
    }
    boolean scans = value.isObject() && depth < MOST_SCANS;
    Map<String, RawJson> fields = scans ? JsonScan.fields(value.bytes()) : null;
    if (fields == null) {
      return parsedCanonical(value);
    }
    Map<String, RawJson> sorted = new TreeMap<>(fields);
    sorted.replaceAll((name, field) -> canonical(field, depth + 1));
    return object(sorted);
  }

  /** The same with the parser. */
  static RawJson parsedCanonical(RawJson value) {
    try {
      return of(sorted(MAPPER.readTree(value.bytes())));
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** Whether it is a whole number, a constant or a text without escapes, which has one spelling. */
  private static boolean isCanonicalScalar(byte[] bytes) {
    switch (bytes[0]) {
      case 't', 'f', 'n' -> {
        return true;
      }
      case '"' -> {
        for (byte b : bytes) {
          if (b == '\\') {
            return false;
          }
        }
        return true;
      }
      case '{', '[' -> {
        return false;
      }
      default -> {
        int first = bytes[0] == '-' ? 1 : 0;
        for (int i = first; i < bytes.length; i++) {
          if (bytes[i] < '0' || bytes[i] > '9') {
            return false;
          }
        }
        return first == 0 || bytes[1] != '0';
      }
    }
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode sorted = MAPPER.createObjectNode();
      List<String> names = new ArrayList<>(object.propertyNames());
      names.sort(null);
      for (String name : names) {
        sorted.set(name, sorted(object.get(name)));
      }
      return sorted;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode sorted = MAPPER.createArrayNode();
      array.forEach(element -> sorted.add(sorted(element)));
      return sorted;
    }
    if (node.isNumber() && !node.isIntegralNumber()) {
      BigDecimal number = node.decimalValue().stripTrailingZeros();
      // 100.0 is 100 and not 1E+2, as long as it can be written out.
      boolean whole = number.scale() <= 0 && number.scale() >= -MOST_ZEROES;
      return whole
          ? MAPPER.getNodeFactory().numberNode(number.toBigIntegerExact())
          : MAPPER.getNodeFactory().numberNode(number);
    }
    return node;
  }

  /** The kind of the value, for error messages. */
  public static String kind(RawJson value) {
    return switch (value.bytes()[0]) {
      case '{' -> "an object";
      case '[' -> "an array";
      case '"' -> "a string";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }

  /** The beginning of a value, for an error text. */
  static String excerpt(RawJson value) {
    String text = value.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static byte[] checked(byte[] bytes) throws MalformedRecordException {
    if (bytes.length == 0) {
      throw new MalformedRecordException(FragmentHint.withHint("the record is empty", bytes));
    }
    byte[] text = Utf8.withoutByteOrderMark(bytes);
    if (!Utf8.isValid(text)) {
      throw new MalformedRecordException("the record is not valid UTF-8 text");
    }
    // Jackson would take a document with NUL bytes for UTF-16 or UTF-32.
    for (int i = 0; i < Math.min(4, text.length); i++) {
      if (text[i] == 0) {
        throw new MalformedRecordException("the record is not UTF-8 text: it contains NUL bytes");
      }
    }
    return text;
  }

  /** A streaming parser with this project's limits over UTF-8 text; it reports places. */
  public static JsonParser parser(byte[] text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  private static RawJson slice(JsonParser parser, byte[] text) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    int end = (int) parser.currentLocation().getByteOffset();
    // The parser reads one blank beyond a number that is the whole document.
    while (text[end - 1] <= ' ') {
      end--;
    }
    return new RawJson(Arrays.copyOfRange(text, start, end));
  }

  private static void requireEnd(JsonParser parser) throws MalformedRecordException {
    if (parser.nextToken() != null) {
      TokenStreamLocation at = parser.currentTokenLocation();
      throw new MalformedRecordException(
          "the record holds more than one JSON value: the second begins at line %d, column %d"
              .formatted(at.getLineNr(), at.getColumnNr()));
    }
  }

  /**
   * The parser's problem in plain words.
   *
   * @param problem from any parser of this mapper
   */
  public static String wordingOf(JacksonException problem) {
    return JsonWording.of(problem);
  }

  private static MalformedRecordException malformed(byte[] bytes, JacksonException problem) {
    if (problem instanceof StreamConstraintsException) {
      return new MalformedRecordException("the JSON exceeds a limit: " + wordingOf(problem));
    }
    TokenStreamLocation at = problem.getLocation();
    String place =
        at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    return new MalformedRecordException(
        FragmentHint.withHint(
            "the record is not valid JSON" + place + ": " + wordingOf(problem), bytes));
  }
}
