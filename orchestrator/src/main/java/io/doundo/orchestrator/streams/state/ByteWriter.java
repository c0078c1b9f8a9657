package io.doundo.orchestrator.streams.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds a stored value: a growing array with variable-length numbers. Not thread-safe. */
public final class ByteWriter {

  /** Says that a digest follows as text, because it is not 32 hexadecimal digits. */
  private static final int DIGEST_AS_TEXT = 1;

  private static final int DIGEST_AS_BYTES = 0;

  /** The most room that is kept for the next value, in bytes. */
  private static final int MOST_KEPT = 64 * 1024;

  private byte[] bytes;
  private int size;
  private boolean exact = true;

  public ByteWriter(int expectedSize) {
    bytes = new byte[Math.max(16, expectedSize)];
  }

  int size() {
    return size;
  }

  /** Begins another value; the room of the one before is used again, unless it was very large. */
  void clear() {
    size = 0;
    exact = true;
    if (bytes.length > MOST_KEPT) {
      bytes = new byte[MOST_KEPT];
    }
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /** A number that is not negative, in seven bits a byte. */
  public void writeNumber(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a stored number cannot be negative: " + value);
    }
    reserve(9);
    long rest = value;
    while (rest > 0x7F) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  public void writeRaw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void writeBytes(byte[] value) {
    writeNumber(value.length);
    writeRaw(value);
  }

  /** Null is kept apart from empty. */
  public void writeNullableBytes(byte @Nullable [] value) {
    if (value == null) {
      writeNumber(0);
      return;
    }
    writeNumber(value.length + 1L);
    writeRaw(value);
  }

  public void writeText(String value) {
    writeBytes(utf8(value));
  }

  public void writeNullableText(@Nullable String value) {
    writeNullableBytes(value == null ? null : utf8(value));
  }

  /**
   * Whether every text is read again as it was written. Half of a surrogate pair, which JSON can
   * spell, has no UTF-8: a question mark is written in its place.
   */
  boolean isExact() {
    return exact;
  }

  private byte[] utf8(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        exact &= new String(utf8, StandardCharsets.UTF_8).equals(text);
        break;
      }
    }
    return utf8;
  }

  /** A hash in text form; 32 lower-case hexadecimal digits take 17 bytes. */
  public void writeDigest(String digest) {
    reserve(1 + Digests.BYTES);
    if (Digests.write(digest, bytes, size + 1)) {
      bytes[size] = DIGEST_AS_BYTES;
      size += 1 + Digests.BYTES;
    } else {
      writeByte(DIGEST_AS_TEXT);
      writeText(digest);
    }
  }

  /**
   * Begins a block that is stored with its length in front of it.
   *
   * @return what {@link #closeBlock} needs
   */
  int openBlock() {
    writeByte(0);
    return size;
  }

  /** Ends a block. Nearly all are shorter than 128 bytes, and then nothing has to move. */
  void closeBlock(int start) {
    int length = size - start;
    int digits = 1;
    for (int rest = length >>> 7; rest > 0; rest >>>= 7) {
      digits++;
    }
    if (digits > 1) {
      reserve(digits - 1);
      System.arraycopy(bytes, start, bytes, start - 1 + digits, length);
    }
    int end = size + digits - 1;
    size = start - 1;
    writeNumber(length);
    size = end;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
