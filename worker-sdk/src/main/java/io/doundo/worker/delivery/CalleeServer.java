package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.binding.StepKey;
import org.jspecify.annotations.Nullable;

/** A callee carries out the commands. */
record CalleeServer(StepKey key, Callee callee) implements StepServer {

  @Override
  public OnDoubt onDoubt(Command command) {
    return callee.onDoubt(command.received());
  }

  @Override
  public StepRun toDo(Command command, boolean again) {
    return CalleeRun.forDo(command, callee, again);
  }

  @Override
  public StepRun toVerify(Command command) {
    return CalleeRun.forVerify(command, callee);
  }

  @Override
  public StepRun toUndo(Command command, KnownEffect effect, @Nullable RawJson kept) {
    return CalleeRun.forUndo(command, callee, effect, kept);
  }
}
