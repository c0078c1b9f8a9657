package io.doundo.orchestrator.streams.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The hashes the engine makes: SHA-256, of which the first 16 bytes are kept as 32 hexadecimal
 * digits.
 */
public final class Digests {

  /** Length of a digest before it is written as text. */
  static final int BYTES = 16;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

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

  /** Writes the digest of which this is the text. */
  static void write(String text, byte[] bytes, int at) {
    for (int i = 0; i < BYTES; i++) {
      bytes[at + i] = (byte) (digit(text.charAt(2 * i)) << 4 | digit(text.charAt(2 * i + 1)));
    }
  }

  private static int digit(char hex) {
    return hex <= '9' ? hex - '0' : hex - 'a' + 10;
  }

  static boolean isDigest(String text) {
    if (text.length() != 2 * BYTES) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
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
