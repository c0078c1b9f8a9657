package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value as the bytes in which it was written: UTF-8, well formed, without surrounding
 * blanks. It is passed on byte for byte, so that numbers and the order of fields survive.
 * Immutable: {@link #bytes} hands out the array itself, which must not be written.
 */
public final class RawJson {

  /** {@code {}}. */
  public static final RawJson EMPTY_OBJECT = new RawJson(new byte[] {'{', '}'});

  /** {@code null}. */
  public static final RawJson NULL = new RawJson("null".getBytes(StandardCharsets.UTF_8));

  public static final RawJson TRUE = new RawJson("true".getBytes(StandardCharsets.UTF_8));
  public static final RawJson FALSE = new RawJson("false".getBytes(StandardCharsets.UTF_8));

  private final byte[] bytes;

  /** Takes bytes that are known to be one JSON value; use {@link Json#value} for any others. */
  RawJson(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes bytes that were checked before they were stored, without looking at them again. The array
   * must not be written any more.
   */
  public static RawJson trusted(byte[] bytes) {
    return new RawJson(bytes);
  }

  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  public boolean isObject() {
    return bytes[0] == '{';
  }

  public boolean isNull() {
    return bytes[0] == 'n';
  }

  public boolean isString() {
    return bytes[0] == '"';
  }

  /** Whether it is a string, a number or a boolean. */
  public boolean isScalar() {
    return bytes[0] != '{' && bytes[0] != '[' && !isNull();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawJson json && Arrays.equals(bytes, json.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The JSON text. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
