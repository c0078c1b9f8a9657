package io.doundo.history;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ReceivedCommand;
import org.jspecify.annotations.Nullable;

/**
 * A command that a worker could see.
 *
 * @param committed whether its transaction was committed; an aborted one was visible nevertheless
 * @param commandId null when the record has none
 * @param incarnation null when the record has none
 */
public record RecordedCommand(
    RecordPosition place,
    boolean committed,
    String flowId,
    @Nullable String incarnation,
    String step,
    CommandAction action,
    int generation,
    int attempt,
    @Nullable String commandId) {

  /** Takes what the record's reader made of it. */
  public static RecordedCommand of(
      RecordPosition place, boolean committed, ReceivedCommand command) {
    return new RecordedCommand(
        place,
        committed,
        command.flowId(),
        command.incarnation(),
        command.stepName(),
        command.action(),
        command.generation(),
        command.attempt(),
        command.commandId());
  }
}
