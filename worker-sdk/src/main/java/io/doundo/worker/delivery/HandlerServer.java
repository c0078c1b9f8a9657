package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.binding.StepKey;
import org.jspecify.annotations.Nullable;

/** The handlers of this application carry out the commands. */
record HandlerServer(ServedStep step) implements StepServer {

  @Override
  public StepKey key() {
    return step.key();
  }

  @Override
  public OnDoubt onDoubt(Command command) {
    return step.onDoubt();
  }

  @Override
  public StepRun toDo(Command command, boolean again) {
    return HandlerRun.forDo(command, step, again);
  }

  @Override
  public StepRun toVerify(Command command) {
    return HandlerRun.forVerify(command, step);
  }

  @Override
  public StepRun toUndo(Command command, KnownEffect effect, @Nullable RawJson kept) {
    return HandlerRun.forUndo(command, step, effect, kept);
  }
}
