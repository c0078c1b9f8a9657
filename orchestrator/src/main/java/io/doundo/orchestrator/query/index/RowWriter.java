package io.doundo.orchestrator.query.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes the part of a row that differs in length. Reused; not thread-safe. */
final class RowWriter {

  private static final int FIRST_ROOM = 512;

  private byte[] bytes = new byte[FIRST_ROOM];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  void copyTo(byte[] target, int at) {
    System.arraycopy(bytes, 0, target, at, length);
  }

  void writeByte(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
  }

  /** A number that is not negative, in as few bytes as it needs. */
  void writeNumber(long value) {
    ensure(Long.BYTES + 2);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  void writeText(byte[] text) {
    writeNumber(text.length);
    ensure(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  void writeText(String text) {
    writeText(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A text that may be null; its length is one more than it is. */
  void writeNullableText(@Nullable String text) {
    if (text == null) {
      writeNumber(0);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeNumber(utf8.length + 1L);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
