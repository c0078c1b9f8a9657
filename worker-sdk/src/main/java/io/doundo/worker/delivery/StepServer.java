package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.binding.StepKey;
import org.jspecify.annotations.Nullable;

/** What carries out the commands of a step. Thread-safe. */
interface StepServer {

  StepKey key();

  /** What to do when an earlier run of this DO may have had its effect. */
  OnDoubt onDoubt(Command command);

  /**
   * A run of a DO.
   *
   * @param again whether an earlier run may have had its effect
   */
  StepRun toDo(Command command, boolean again);

  /** A run that asks whether the DO had its effect, and does it if it had not. */
  StepRun toVerify(Command command);

  /**
   * A run of an UNDO.
   *
   * @param kept the result as the fence still has it; else the command may have it
   */
  StepRun toUndo(Command command, KnownEffect effect, @Nullable RawJson kept);
}
