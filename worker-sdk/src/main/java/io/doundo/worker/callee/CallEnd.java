package io.doundo.worker.callee;

import io.doundo.worker.fence.Settled;
import io.doundo.worker.fence.StepAnswer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param retryable false when trying again is of no use, whatever the fence makes of it
 * @param retryAfter the requested pause before the next attempt, or null
 * @param serviceFault whether the service that the step uses is unwell
 * @param nothingToUndo whether an UNDO found that there was nothing
 */
public record CallEnd(
    Settled settled,
    boolean retryable,
    @Nullable Duration retryAfter,
    boolean serviceFault,
    boolean nothingToUndo) {

  /** An end after which another attempt may follow. */
  public static CallEnd with(Settled settled) {
    return new CallEnd(settled, true, null, false, false);
  }

  /** An end after which another attempt is of no use. */
  public static CallEnd forGood(Settled settled) {
    return new CallEnd(settled, false, null, false, false);
  }

  /** An UNDO that found nothing to undo. */
  public static CallEnd ofNothingToUndo() {
    return new CallEnd(new Settled.Undone(), true, null, false, true);
  }

  /** The same with a pause before the next attempt; null for none. */
  public CallEnd after(@Nullable Duration pause) {
    return new CallEnd(settled, retryable, pause, serviceFault, nothingToUndo);
  }

  /** The same, and the service that the step uses is unwell. */
  public CallEnd withServiceFault() {
    return new CallEnd(settled, retryable, retryAfter, true, nothingToUndo);
  }

  /** The fence's answer with what only the run knows. */
  public StepAnswer completed(StepAnswer said) {
    StepAnswer answer = retryable ? said : said.forGood();
    answer = nothingToUndo ? answer.ofNothingToUndo() : answer;
    answer = retryAfter == null ? answer : answer.after(retryAfter);
    return serviceFault ? answer.withServiceFault() : answer;
  }
}
