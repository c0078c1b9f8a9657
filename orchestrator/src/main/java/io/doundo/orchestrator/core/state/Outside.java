package io.doundo.orchestrator.core.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The known state of the commands that a step has sent to the outside.
 *
 * @param openAttempt the attempt whose answer is awaited, or 0
 * @param succeededAttempt the latest DO attempt that succeeded, or 0
 * @param armedTurn the turn whose commit an {@code ARMED} step waits for, or 0 once it is committed
 * @param worker the service that answered last, or null
 * @param runs which versions of the worker answered, oldest first; empty while none has said its
 *     version
 * @param keys the idempotency keys of its DOs, in the order of their attempts; empty while it has
 *     one, whose number is the generation
 */
public record Outside(
    Attempts doing,
    Attempts undoing,
    int openAttempt,
    int succeededAttempt,
    int armedTurn,
    @Nullable String worker,
    List<WorkerRun> runs,
    List<DoKey> keys) {

  /** Nothing was sent, and nothing is about to be. */
  public static final Outside NONE = new Outside(Attempts.NONE, Attempts.NONE, 0, 0, 0, null);

  public Outside {
    runs = List.copyOf(runs);
    keys = List.copyOf(keys);
  }

  /** Commands to workers that have not said their version. */
  public Outside(
      Attempts doing,
      Attempts undoing,
      int openAttempt,
      int succeededAttempt,
      int armedTurn,
      @Nullable String worker) {
    this(doing, undoing, openAttempt, succeededAttempt, armedTurn, worker, List.of(), List.of());
  }

  /** The version of the worker that answered last; null when it did not say. */
  public @Nullable String workerVersion() {
    return runs.isEmpty() ? null : runs.get(runs.size() - 1).version();
  }
}
