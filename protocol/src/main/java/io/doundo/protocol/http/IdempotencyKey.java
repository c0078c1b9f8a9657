package io.doundo.protocol.http;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Derives the keys by which services recognise repeated work: 32 hexadecimal digits, the same for
 * all attempts under one number, and different for anything else.
 */
public final class IdempotencyKey {

  private static final int KEY_BYTES = 16;

  private IdempotencyKey() {}

  /**
   * The key of a step's DO or UNDO.
   *
   * @param life the incarnation of the flow, or what stands for it
   * @param number of a DO's key, see {@link RecordHeaders#KEYS}; the generation of an UNDO
   */
  public static String of(
      String life, String orchestration, String step, CommandAction action, int number) {
    String text =
        String.join("\n", life, orchestration, step, action.name(), Integer.toString(number));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
