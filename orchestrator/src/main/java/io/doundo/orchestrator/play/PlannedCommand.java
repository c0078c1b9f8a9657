package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command that would be sent.
 *
 * @param commandId null while its payload is not known
 * @param effect the known effect of the DO that an UNDO carries; null for a DO
 * @param dependsOn the values that its payload waits for, such as {@code result of ship}
 */
public record PlannedCommand(
    String step,
    CommandAction action,
    int generation,
    int attempt,
    @Nullable String commandId,
    @Nullable KnownEffect effect,
    List<String> dependsOn) {

  public PlannedCommand {
    dependsOn = List.copyOf(dependsOn);
  }

  static PlannedCommand of(DispatchStep command) {
    List<String> unknown = UnknownValue.names(command.payload());
    return new PlannedCommand(
        command.stepName(),
        command.action(),
        command.generation(),
        command.attempt(),
        unknown.isEmpty() ? command.commandId() : null,
        command.effect(),
        unknown);
  }
}
