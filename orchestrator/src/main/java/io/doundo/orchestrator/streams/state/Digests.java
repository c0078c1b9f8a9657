package io.doundo.orchestrator.streams.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The hashes the engine makes: SHA-256, of which the first 16 bytes are kept as 32 hexadecimal
 * digits.
 */
public final class Digests {

  /** Length of a digest before it is written as text. */
  static final int BYTES = 16;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final byte NO_DIGIT = -1;

  /** The values of the hexadecimal digits, by their characters. */
  private static final byte[] VALUES = values();

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(Digests::sha256);

  private Digests() {}

  /** The digest that names a JSON value. */
  public static String of(byte[] value) {
    return text(hash(value), 0);
  }

  /**
   * A hash of where and when a record stands.
   *
   * @param appendedAt ms since the epoch
   * @param value hashed with it, unless it is null
   */
  public static String ofRecord(
      String topic, int partition, long offset, long appendedAt, byte @Nullable [] value) {
    MessageDigest digest = SHA_256.get();
    digest.reset();
    updateWithText(digest, topic);
    digest.update(
        ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES)
            .putInt(partition)
            .putLong(offset)
            .putLong(appendedAt)
            .array());
    if (value != null) {
      digest.update(value);
    }
    return text(digest.digest(), 0);
  }

  /** The text of the digest at this position. */
  static String text(byte[] bytes, int at) {
    byte[] text = new byte[2 * BYTES];
    for (int i = 0; i < BYTES; i++) {
      text[2 * i] = HEX[(bytes[at + i] >> 4) & 0xF];
      text[2 * i + 1] = HEX[bytes[at + i] & 0xF];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes the digest of which this is the text.
   *
   * @return false when it is the text of none; then anything may have been written
   */
  static boolean write(String text, byte[] bytes, int at) {
    if (text.length() != 2 * BYTES) {
      return false;
    }
    int all = 0;
    for (int i = 0; i < BYTES; i++) {
      int high = digit(text.charAt(2 * i));
      int low = digit(text.charAt(2 * i + 1));
      bytes[at + i] = (byte) (high << 4 | low);
      all |= high | low;
    }
    return all >= 0;
  }

  /** The value of a lower-case hexadecimal digit; negative for any other character. */
  private static int digit(char hex) {
    return hex < VALUES.length ? VALUES[hex] : NO_DIGIT;
  }

  private static byte[] values() {
    byte[] values = new byte['f' + 1];
    Arrays.fill(values, NO_DIGIT);
    for (byte value = 0; value < HEX.length; value++) {
      values[HEX[value]] = value;
    }
    return values;
  }

  private static void updateWithText(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static byte[] hash(byte[] value) {
    MessageDigest digest = SHA_256.get();
    digest.reset();
    return digest.digest(value);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
