package io.doundo.worker.callee;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the commands of every step on a topic, instead of handlers that are bound to one step
 * each. Calls do not block: their stages complete on any thread. A stage that fails counts as an
 * effect that is unknown. Thread-safe.
 */
public interface Callee {

  /** A command that is being carried out. */
  interface CalledCommand {

    /** The command. */
    ReceivedCommand received();

    /** Whether an earlier run of this DO may have had its effect. */
    boolean again();

    /**
     * The run's part of the outside world is no longer wanted: an UNDO waits, or the lease ended.
     */
    BooleanSupplier abandoned();

    /**
     * Names what ends the call early. It is called at once if the command is abandoned already, and
     * at most once.
     */
    void onAbandon(Runnable interrupt);
  }

  /** The answer to whether a DO had its effect. */
  sealed interface Verified {

    /** It had: the run ends like this. */
    record Done(CallEnd end) implements Verified {}

    /** It had not, and none is on its way. */
    record NotDone() implements Verified {}

    /** Nobody can tell: the run ends like this. */
    record Unknown(CallEnd end) implements Verified {}
  }

  /** What to do when an earlier run of this DO may have had its effect. */
  OnDoubt onDoubt(ReceivedCommand command);

  /** Carries out a DO. */
  CompletionStage<CallEnd> call(CalledCommand command);

  /** Finds out whether a DO had its effect; only for commands with {@link OnDoubt#VERIFY}. */
  CompletionStage<Verified> verify(CalledCommand command);

  /**
   * Carries out an UNDO.
   *
   * @param effect of the DO, as far as fence and orchestrator know
   * @param kept the result of the DO if the fence still has it
   */
  CompletionStage<CallEnd> undo(CalledCommand command, KnownEffect effect, @Nullable RawJson kept);
}
