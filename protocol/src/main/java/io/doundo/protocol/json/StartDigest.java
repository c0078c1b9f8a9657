package io.doundo.protocol.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifies a repeated start under the same flowId: a digest of the orchestration's name and the
 * payload's content. Two payloads have the same content when their {@linkplain Json#canonical
 * canonical} bytes are equal, so neither the order of fields nor the spelling of a number matters.
 * Headers do not count: a repeated start may have another timestamp or trace.
 */
public final class StartDigest {

  private static final int DIGEST_BYTES = 16;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(StartDigest::sha256);

  private StartDigest() {}

  /** The digest of a start, 32 hexadecimal digits; it is kept with the flow. */
  public static String of(String orchestrationName, RawJson payload) {
    return digest(orchestrationName, Json.canonical(payload).bytes());
  }

  /**
   * Whether a start has the content of the one that a flow was started with.
   *
   * @param kept the digest that was kept with the flow. One that was kept before payloads were
   *     compared by content is of the payload as it was written, and is still recognised
   */
  public static boolean isOf(String kept, String orchestrationName, RawJson payload) {
    return kept.equals(of(orchestrationName, payload))
        || kept.equals(digest(orchestrationName, payload.bytes()));
  }

  private static String digest(String orchestrationName, byte[] payload) {
    MessageDigest digest = SHA_256.get();
    digest.reset();
    byte[] name = orchestrationName.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).array());
    digest.update(name);
    return HexFormat.of().formatHex(digest.digest(payload), 0, DIGEST_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
