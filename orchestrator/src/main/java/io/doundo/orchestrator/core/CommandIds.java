package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.DefinitionId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Derives command ids. A replay of the same decision derives the same id, so that a fence can drop
 * the duplicate; another input, attempt or life of the flowId gives another id.
 */
final class CommandIds {

  private static final int ID_BYTES = 16;
  private static final MessageDigest SHA_256 = lookedUp();

  private CommandIds() {}

  static String derive(
      String incarnation,
      DefinitionId definition,
      String step,
      Action action,
      int generation,
      int attempt,
      List<Content> payload) {
    StringBuilder text = new StringBuilder(160);
    text.append(incarnation)
        .append('|')
        .append(definition.name())
        .append('@')
        .append(definition.hash())
        .append('|')
        .append(step)
        .append('|')
        .append(action == Action.DO ? 'D' : 'U')
        .append('|')
        .append(generation)
        .append('|')
        .append(attempt);
    for (Content content : payload) {
      text.append('|').append(content.digest());
    }
    byte[] hash = sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, ID_BYTES);
  }

  /** A fresh digest; looking the algorithm up for each id would cost as much as the id. */
  static MessageDigest sha256() {
    try {
      return (MessageDigest) SHA_256.clone();
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
