package io.doundo.orchestrator.streams;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Every way in which bytes can be wrong ends in an {@link
 * UnreadableValueException}. Not for several threads.
 */
final class ByteReader {

  private final byte[] bytes;
  private int position;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int readByte() {
    require(1);
    return bytes[position++];
  }

  boolean readBoolean() {
    return readByte() != 0;
  }

  long readNumber() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
      int next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new UnreadableValueException("a number has no end");
  }

  int readInt() {
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

  byte[] readRest() {
    return readRaw(bytes.length - position);
  }

  byte @Nullable [] readNullableBytes() {
    int length = readInt();
    return length == 0 ? null : readRaw(length - 1);
  }

  String readText() {
    int length = readInt();
    require(length);
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  void skipText() {
    int length = readInt();
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

  @Nullable String readNullableText() {
    byte[] value = readNullableBytes();
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  String readDigest() {
    if (readByte() != 0) {
      return readText();
    }
    require(Digests.BYTES);
    String digest = Digests.text(bytes, position);
    position += Digests.BYTES;
    return digest;
  }

  private void require(int length) {
    if (length < 0 || length > bytes.length - position) {
      throw new UnreadableValueException(
          "the value ends after " + bytes.length + " bytes, in the middle of a field");
    }
  }
}
