package io.doundo.protocol;

import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record headers of a Kafka record, seen without Kafka's types. Values are untrusted bytes; the
 * decoders check each one they use.
 */
@FunctionalInterface
public interface HeaderLookup {

  /** A record without headers. */
  HeaderLookup NONE = name -> null;

  /** The value of the last header of this name, or null. */
  byte @Nullable [] last(String name);

  /** Headers that are at hand as text. */
  static HeaderLookup of(Map<String, String> headers) {
    return name -> {
      String value = headers.get(name);
      return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    };
  }

  /**
   * A header as text, or null when it is absent or empty.
   *
   * @throws MalformedRecordException when it is not a line of UTF-8 text of at most 255 characters
   */
  default @Nullable String text(String name) throws MalformedRecordException {
    byte[] value = last(name);
    if (value == null || value.length == 0) {
      return null;
    }
    String text = Utf8.decode(value);
    if (text == null || !Names.isPlainText(text, 255)) {
      throw new MalformedRecordException(
          "the record header " + name + " is not a line of UTF-8 text of at most 255 characters");
    }
    return text;
  }

  /** The first of these headers that is a line of text, or null; others are passed over. */
  default @Nullable String firstReadable(Iterable<String> names) {
    for (String name : names) {
      byte[] value = last(name);
      String text = value == null ? null : Utf8.decode(value);
      if (text != null && Names.isPlainText(text, 255)) {
        return text;
      }
    }
    return null;
  }
}
