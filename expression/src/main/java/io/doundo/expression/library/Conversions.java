package io.doundo.expression.library;

import io.doundo.expression.value.Access;
import io.doundo.expression.value.Arithmetic;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Times;
import io.doundo.expression.value.Values;
import io.doundo.expression.value.Values.HugeNumber;
import io.doundo.expression.value.Values.TypeName;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Conversions of values from one type to another. */
final class Conversions {

  /** A JSON number, optionally with a plus sign. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?[0-9]{1,400}(?:\\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?");

  /** The cost of a byte of JSON read or written; most of it is for the objects around it. */
  private static final long JSON = 16;

  private Conversions() {}

  static Object size(Budget budget, Object[] arguments) {
    Object value = arguments[0];
    if (value instanceof String text) {
      budget.charge(text.length());
      return (long) text.codePointCount(0, text.length());
    }
    if (value instanceof List<?> list) {
      return (long) list.size();
    }
    if (value instanceof Map<?, ?> map) {
      return (long) map.size();
    }
    throw new NoValueException("size needs a text, a list or a map but has " + Values.kind(value));
  }

  static Object integer(Object value) {
    if (value instanceof Long) {
      return value;
    }
    if (value instanceof Double number && number > -0x1p63 && number < 0x1p63) {
      return number.longValue();
    }
    if (value instanceof Instant time) {
      return time.getEpochSecond();
    }
    if (value instanceof String text) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new NoValueException("int: \"" + shortened(text) + "\" is not a whole number");
      }
    }
    throw unfit("int", value);
  }

  static Object decimal(Object value) {
    if (Arithmetic.isNumber(value)) {
      return Arithmetic.number(value);
    }
    if (value instanceof String text && NUMBER.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      if (!Double.isInfinite(number)) {
        return number;
      }
    }
    if (value instanceof String text) {
      throw new NoValueException("double: \"" + shortened(text) + "\" is not a number");
    }
    throw unfit("double", value);
  }

  static Object truth(Object value) {
    if (value instanceof Boolean) {
      return value;
    }
    if ("true".equals(value) || "false".equals(value)) {
      return "true".equals(value);
    }
    throw unfit("bool", value);
  }

  static Object duration(Object value) {
    if (value instanceof Duration) {
      return value;
    }
    if (value instanceof String text) {
      return Times.duration(text);
    }
    throw unfit("duration", value);
  }

  static Object type(Object value) {
    if (value == Values.NULL) {
      return new TypeName("null_type");
    }
    if (value instanceof String) {
      return new TypeName("string");
    }
    if (value instanceof Long) {
      return new TypeName("int");
    }
    if (value instanceof Double || value instanceof HugeNumber) {
      return new TypeName("double");
    }
    if (value instanceof Boolean) {
      return new TypeName("bool");
    }
    if (value instanceof List) {
      return new TypeName("list");
    }
    if (value instanceof Map) {
      return new TypeName("map");
    }
    throw unfit("type", value);
  }

  static Object date(Budget budget, Object[] arguments) {
    budget.charge(Times.COST);
    return Times.format(arguments[0], (String) arguments[1], (String) arguments[2]);
  }

  static Object json(Budget budget, Object[] arguments) {
    budget.charge(JSON * Values.weight(arguments[0], budget.left()));
    return Values.json(arguments[0]).toString();
  }

  static Object parseJson(Budget budget, Object[] arguments) {
    String text = (String) arguments[0];
    budget.charge(JSON * text.length());
    try {
      return Values.parse(Json.value(text.getBytes(StandardCharsets.UTF_8)));
    } catch (MalformedRecordException e) {
      throw new NoValueException("parseJson: " + e.getMessage());
    }
  }

  /** SHA-256 of the value's canonical JSON: equal values have equal hashes. */
  static Object hash(Budget budget, Object[] arguments) {
    budget.charge(JSON * Values.weight(arguments[0], budget.left()));
    byte[] canonical = Json.canonical(Values.json(arguments[0])).bytes();
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String fromBase64(String text) {
    String decoded;
    try {
      decoded = Utf8.decode(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new NoValueException("base64.decode: the text is not Base64");
    }
    if (decoded == null) {
      throw new NoValueException("base64.decode: what is encoded is not a text in UTF-8");
    }
    return decoded;
  }

  static Object present(Object value) {
    Optional<?> optional = Access.optional(value);
    if (optional.isEmpty()) {
      throw new NoValueException("the value is absent");
    }
    return optional.get();
  }

  static Object nonZero(Object value) {
    boolean isZero =
        value == Values.NULL
            || Boolean.FALSE.equals(value)
            || "".equals(value)
            || (Arithmetic.isNumber(value) && Arithmetic.number(value) == 0)
            || (value instanceof List<?> list && list.isEmpty())
            || (value instanceof Map<?, ?> map && map.isEmpty());
    return isZero ? Optional.empty() : Optional.of(value);
  }

  private static NoValueException unfit(String function, Object value) {
    if (value instanceof HugeNumber huge) {
      return Values.tooLarge(huge);
    }
    return new NoValueException(function + " cannot convert " + Values.kind(value));
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
