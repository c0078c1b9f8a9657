package io.doundo.expression.value;

import io.doundo.expression.value.Values.HugeNumber;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes the values of expressions as JSON of limited size and depth. Not thread-safe. */
public final class JsonOutput extends ByteArrayOutputStream {

  /** The depth that every reader of this project accepts. */
  private static final int MAX_DEPTH = 100;

  public JsonOutput() {
    super(512);
  }

  public void write(Object raw, int depth) {
    Budget.requireSize(count);
    if (depth >= MAX_DEPTH) {
      throw tooDeep();
    }
    Object value = Values.plain(raw);
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Double number) {
      ascii(Values.decimal(number));
    } else if (value instanceof Long || value instanceof Boolean) {
      ascii(value.toString());
    } else if (value instanceof HugeNumber huge) {
      ascii(huge.text());
    } else if (value == Values.NULL) {
      ascii("null");
    } else if (value instanceof List<?> list) {
      list(list, depth);
    } else if (value instanceof LazyFields fields) {
      written(fields, depth);
    } else if (value instanceof Map<?, ?> map) {
      map(map, depth);
    } else {
      throw new NoValueException(Values.kind(value) + " cannot be written as JSON");
    }
  }

  private void list(List<?> list, int depth) {
    write('[');
    boolean first = true;
    for (Object element : list) {
      if (!first) {
        write(',');
      }
      first = false;
      write(element, depth + 1);
    }
    write(']');
  }

  private void map(Map<?, ?> map, int depth) {
    write('{');
    boolean first = true;
    for (Map.Entry<?, ?> field : map.entrySet()) {
      if (!(field.getKey() instanceof String name)) {
        throw new NoValueException(
            "the name of a field must be a text, but one is " + Values.kind(field.getKey()));
      }
      if (!first) {
        write(',');
      }
      first = false;
      string(name);
      write(':');
      write(field.getValue(), depth + 1);
    }
    write('}');
  }

  /** Copies a document's value byte for byte, so that numbers of any size survive. */
  private void written(LazyFields fields, int depth) {
    write('{');
    boolean first = true;
    for (Map.Entry<String, RawJson> field : fields.written().entrySet()) {
      if (!first) {
        write(',');
      }
      first = false;
      string(field.getKey());
      write(':');
      RawJson value = field.getValue();
      Budget.requireSize(count + (long) value.size());
      if (!value.isScalar() && depth + 1 + nesting(value.bytes()) >= MAX_DEPTH) {
        throw tooDeep();
      }
      writeBytes(value.bytes());
    }
    write('}');
  }

  /** How many objects and arrays of well-formed JSON are open at once, at most. */
  private static int nesting(byte[] json) {
    int open = 0;
    int most = 0;
    boolean isText = false;
    for (int i = 0; i < json.length; i++) {
      byte sign = json[i];
      if (isText) {
        if (sign == '\\') {
          i++;
        } else if (sign == '"') {
          isText = false;
        }
      } else if (sign == '"') {
        isText = true;
      } else if (sign == '{' || sign == '[') {
        open++;
        most = Math.max(most, open);
      } else if (sign == '}' || sign == ']') {
        open--;
      }
    }
    return most;
  }

  private static NoValueException tooDeep() {
    return new NoValueException("the value is nested more than " + MAX_DEPTH + " levels deep");
  }

  private void string(String text) {
    Budget.requireSize(count + (long) text.length());
    writeBytes(Json.string(wellFormed(text)).bytes());
    Budget.requireSize(count);
  }

  /** UTF-8 cannot encode half of a surrogate pair, but a JSON text can contain one as an escape. */
  private static String wellFormed(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (character <= Character.MAX_VALUE && Character.isSurrogate((char) character)) {
        throw new NoValueException("the text holds half of a surrogate pair");
      }
      at += Character.charCount(character);
    }
    return text;
  }

  private void ascii(String text) {
    writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
