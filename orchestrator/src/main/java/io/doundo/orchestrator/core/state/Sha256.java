package io.doundo.orchestrator.core.state;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a text. Safe for any thread. */
public final class Sha256 {

  private static final MessageDigest ALGORITHM = lookedUp();

  private Sha256() {}

  /** The 32 bytes of the hash of the text in UTF-8. */
  public static byte[] of(String text) {
    try {
      // Looking the algorithm up for each hash would cost as much as the hash.
      MessageDigest digest = (MessageDigest) ALGORITHM.clone();
      return digest.digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the SHA-256 of this Java platform cannot be copied", e);
    }
  }

  private static MessageDigest lookedUp() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
