package io.doundo.orchestrator.streams.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Every way in which bytes can be wrong ends in an {@link
 * UnreadableValueException}. Not thread-safe.
 */
public final class ByteReader {

  private final byte[] bytes;
  private int position;

  /** Where the value ends, or the block that is being read. */
  private int limit;

  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
    this.limit = bytes.length;
  }

  public int readByte() {
    require(1);
    return bytes[position++];
  }

  public boolean readBoolean() {
    return readByte() != 0;
  }

  public long readNumber() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
      int next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new UnreadableValueException("a number is not terminated");
  }

  public int readInt() {
    long value = readNumber();
    if (value > Integer.MAX_VALUE) {
      throw new UnreadableValueException("a number is too large: " + value);
    }
    return (int) value;
  }

  byte[] readRaw(int length) {
    require(length);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  public byte[] readRest() {
    return readRaw(limit - position);
  }

  public byte @Nullable [] readNullableBytes() {
    int length = readInt();
    return length == 0 ? null : readRaw(length - 1);
  }

  public String readText() {
    return text(readInt());
  }

  private String text(int length) {
    require(length);
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  void skipText() {
    skipRaw(readInt());
  }

  void skipNullableText() {
    int length = readInt();
    if (length > 0) {
      skipRaw(length - 1);
    }
  }

  void skipRaw(int length) {
    require(length);
    position += length;
  }

  void skipDigest() {
    if (readByte() != 0) {
      skipText();
    } else {
      require(Digests.BYTES);
      position += Digests.BYTES;
    }
  }

  public @Nullable String readNullableText() {
    int length = readInt();
    return length == 0 ? null : text(length - 1);
  }

  public String readDigest() {
    if (readByte() != 0) {
      return readText();
    }
    require(Digests.BYTES);
    String digest = Digests.text(bytes, position);
    position += Digests.BYTES;
    return digest;
  }

  /**
   * Enters a block that was written with its length: nothing beyond it is read before {@link
   * #closeBlock}.
   *
   * @return what {@code closeBlock} needs
   */
  int openBlock() {
    int length = readInt();
    require(length);
    int outer = limit;
    limit = position + length;
    return outer;
  }

  /** Leaves a block that was read to its end. */
  void closeBlock(int outer) {
    limit = outer;
  }

  /** Leaves a block, passing over the rest of it. */
  void leaveBlock(int outer) {
    position = limit;
    limit = outer;
  }

  /** Whether the value, or the block that is being read, has no further byte. */
  boolean isAtEnd() {
    return position == limit;
  }

  /** How many bytes of the value, or of the block that is being read, are left. */
  int remaining() {
    return limit - position;
  }

  private void require(int length) {
    if (length < 0 || length > limit - position) {
      throw new UnreadableValueException(
          "the value ends after " + limit + " bytes, in the middle of a field");
    }
  }
}
