package io.doundo.orchestrator.core.command;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Sha256;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.protocol.CommandAction;
import java.util.HexFormat;
import java.util.List;

/**
 * Derives command ids. A replay of the same decision derives the same id, so that a fence can drop
 * the duplicate; another input, attempt or life of the flowId gives another id.
 */
public final class CommandIds {

  private static final int ID_BYTES = 16;

  private CommandIds() {}

  public static String derive(
      String incarnation,
      DefinitionId definition,
      String step,
      CommandAction action,
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
        .append(action == CommandAction.DO ? 'D' : 'U')
        .append('|')
        .append(generation)
        .append('|')
        .append(attempt);
    for (Content content : payload) {
      text.append('|').append(content.digest());
    }
    byte[] hash = Sha256.of(text.toString());
    return HexFormat.of().formatHex(hash, 0, ID_BYTES);
  }
}
