package io.doundo.expression.value;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.schubfach.DoubleToDecimal;

/**
 * JSON values as expressions read them. Integers of 64 bits are integers, other numbers are
 * doubles; a number that fits into neither is a {@link HugeNumber}, which a plain path can copy but
 * nothing can calculate with. There is neither NaN nor infinity.
 */
public final class Values {

  /** JSON's null, because Java's null means that a value is missing. */
  public static final Object NULL = Null.NULL;

  private enum Null {
    NULL
  }

  private Values() {}

  /** A list of a document's values that knows its size in bytes. */
  public static final class JsonList extends ArrayList<Object> {
    private static final long serialVersionUID = 1L;
    private long weight;
  }

  /** A map of a document's values that knows its size in bytes. Keeps the order of fields. */
  public static final class JsonMap extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;
    private long weight;
  }

  /** A number beyond 64 bits, as written. */
  public record HugeNumber(String text) {}

  /** The name of a type, as {@code type(x)} gives it. */
  public record TypeName(String name) {}

  /** Parses a value, which the protocol has checked. */
  public static Object parse(RawJson json) {
    try (JsonParser parser = Json.parser(json.bytes())) {
      return read(parser, parser.nextToken());
    }
  }

  /** The same, but the fields of an object are parsed when they are read. */
  public static Object lazy(RawJson json) {
    return json.isObject() ? new LazyFields(Json.trustedFields(json)) : parse(json);
  }

  private static Object read(JsonParser parser, JsonToken token) {
    long begin = parser.currentTokenLocation().getByteOffset();
    return switch (token) {
      case START_OBJECT -> {
        JsonMap map = new JsonMap();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          map.put(name, read(parser, parser.nextToken()));
        }
        map.weight = parser.currentLocation().getByteOffset() - begin;
        yield map;
      }
      case START_ARRAY -> {
        JsonList list = new JsonList();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          list.add(read(parser, next));
        }
        list.weight = parser.currentLocation().getByteOffset() - begin;
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> decimal(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> NULL;
    };
  }

  private static Object integer(BigInteger value) {
    return value.bitLength() > 63 ? new HugeNumber(value.toString()) : (Object) value.longValue();
  }

  private static Object decimal(JsonParser parser) {
    double value = parser.getDoubleValue();
    return Double.isInfinite(value) ? new HugeNumber(parser.getString()) : (Object) value;
  }

  /**
   * The approximate size of a value in bytes.
   *
   * @param limit where to stop counting: the result exceeds it by one value at most
   */
  public static long weight(Object value, long limit) {
    if (value instanceof CharSequence text) {
      return text.length();
    }
    if (value instanceof JsonMap map) {
      return map.weight;
    }
    if (value instanceof JsonList list) {
      return list.weight;
    }
    if (value instanceof LazyFields fields) {
      return fields.weight();
    }
    long weight = 8;
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size() && weight <= limit; i++) {
        weight += weight(list.get(i), limit - weight);
      }
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        weight += weight(entry.getKey(), limit) + weight(entry.getValue(), limit - weight);
        if (weight > limit) {
          break;
        }
      }
    } else if (value instanceof Optional<?> optional && optional.isPresent()) {
      weight += weight(optional.get(), limit - weight);
    }
    return weight;
  }

  /** The value as JSON. */
  public static RawJson json(Object value) {
    JsonOutput out = new JsonOutput();
    out.write(value, 0);
    return RawJson.trusted(out.toByteArray());
  }

  /** A number, text, boolean or time as part of a text; anything else has no text. */
  public static String text(Object value) {
    Object plain = plain(value);
    if (plain instanceof String text) {
      return text;
    }
    if (plain instanceof Double number) {
      return decimal(number);
    }
    if (plain instanceof Long || plain instanceof Boolean) {
      return plain.toString();
    }
    if (plain instanceof HugeNumber huge) {
      throw tooLarge(huge);
    }
    throw new NoValueException(
        kind(plain) + " cannot stand inside a text; use json(…) if its JSON is meant");
  }

  /**
   * The value to write: the content of an optional value, and texts for times.
   *
   * @throws NoValueException when the value is absent
   */
  public static Object plain(Object value) {
    if (value instanceof Optional<?> optional) {
      if (optional.isEmpty()) {
        throw new NoValueException(
            "the value is absent; write .orValue(…) to say what to use instead");
      }
      return plain(optional.get());
    }
    if (value instanceof Instant instant) {
      return instant.toString();
    }
    if (value instanceof Duration duration) {
      return Times.text(duration);
    }
    return value;
  }

  public static NoValueException tooLarge(HugeNumber number) {
    String text = number.text();
    return new NoValueException(
        "the number "
            + (text.length() <= 40 ? text : text.substring(0, 40) + "…")
            + " is too large to calculate with; send it as a text");
  }

  /** The name of the value's type for people. */
  public static String kind(Object value) {
    if (value == NULL) {
      return "null";
    }
    if (value instanceof String) {
      return "a text";
    }
    if (value instanceof Long || value instanceof Double || value instanceof HugeNumber) {
      return "a number";
    }
    if (value instanceof Boolean) {
      return "a boolean";
    }
    if (value instanceof List) {
      return "a list";
    }
    if (value instanceof Map) {
      return "a map";
    }
    if (value instanceof Instant) {
      return "a time";
    }
    if (value instanceof Duration) {
      return "a duration";
    }
    if (value instanceof TypeName) {
      return "a type";
    }
    if (value instanceof Optional<?> optional) {
      return optional.isEmpty() ? "an absent value" : kind(optional.get());
    }
    return "a value of type " + value.getClass().getSimpleName();
  }

  /** A double in the shortest form that reads back as the same number, the same on every JDK. */
  public static String decimal(double value) {
    return DoubleToDecimal.toString(value);
  }
}
