package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.fence.FenceKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What carries out the commands of a step. Thread-safe. */
interface StepServer {

  /** One run for a command, under a lease. Used once. */
  interface StepRun {

    /** How it ends when it is not begun at all. */
    CallEnd notBegun(String why);

    /**
     * Begins the run, on the calling thread as far as it needs one.
     *
     * @param ended is called once, by any thread
     */
    void begin(DeliveryContext context, Lease lease, FenceKey key, Consumer<CallEnd> ended);
  }

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
