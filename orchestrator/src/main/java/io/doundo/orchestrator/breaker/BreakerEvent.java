package io.doundo.orchestrator.breaker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can happen to a breaker. */
public sealed interface BreakerEvent {

  /** When it happened, by the orchestrator's clock. */
  Instant at();

  /**
   * What one task has seen since its last report.
   *
   * @param task the number of its partition
   * @param ok how many answers came that were no faults, business failures among them
   * @param faults how many attempts timed out, or were answered as a fault of the service
   * @param held how many commands the task holds now
   */
  record Reported(Instant at, int task, int ok, int faults, int held) implements BreakerEvent {}

  /** Everything that is due until now is due. */
  record TimeReached(Instant at) implements BreakerEvent {}

  /**
   * An operator asks for something. A repeat of the same id changes nothing.
   *
   * @param reason why, or null
   * @param by who, or null
   */
  record Asked(
      Instant at, String controlId, Request request, @Nullable String reason, @Nullable String by)
      implements BreakerEvent {}

  /** What an operator can ask for. */
  sealed interface Request {

    /** Use this config from now on. */
    record Configure(BreakerConfig config) implements Request {}

    /** Close, and forget all faults. */
    record Reset() implements Request {}

    /** Hold all commands until then, at most for 7 days; needs a reason. */
    record ForceOpen(Instant until) implements Request {}

    /** Forget the breaker: what it holds is let through. */
    record Delete() implements Request {}
  }
}
