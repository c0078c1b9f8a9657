package io.doundo.orchestrator.api.breaker;

import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.Unanswered;
import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.RequestedChange;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Carries to breakers what operators ask, and waits for the outcome. Thread-safe. */
public final class BreakerRequests {

  private static final Duration ANSWER_WAIT = Duration.ofSeconds(15);

  private final Breakers breakers;
  private final RecordSender sender;

  public BreakerRequests(Breakers breakers, RecordSender sender) {
    this.breakers = breakers;
    this.sender = sender;
  }

  /** The breaker; refused with 404 when there is none, or none is known yet. */
  public BreakerState find(String name) {
    return breakers
        .find(name)
        .orElseThrow(
            () ->
                breakers.isComplete()
                    ? new ApiProblem(
                        ProblemKind.UNKNOWN_BREAKER,
                        "There is no breaker \"%s\". A breaker is there from its first fault on, or"
                                .formatted(name)
                            + " once it is configured or forced open.")
                    : new ApiProblem(
                        ProblemKind.NOT_READY,
                        "This instance still reads the breakers after its start."));
  }

  /**
   * Writes the request and waits until it is carried out and committed.
   *
   * @param command with a {@code controlId}; a repeated one gets the same outcome
   * @return the breaker after it, as far as it is known; for a deleted one, the state before. Fails
   *     with an {@link ApiProblem} when the breaker refuses, or does not answer within 15 s: the
   *     request is then applied once the orchestrator reads it
   */
  public CompletableFuture<BreakerState> ask(BreakerCommand command) {
    boolean makesOne =
        command.verb() == BreakerVerb.CONFIGURE || command.verb() == BreakerVerb.OPEN;
    BreakerState before =
        makesOne
            ? breakers.find(command.breaker()).orElse(BreakerState.unknown(command.breaker()))
            : find(command.breaker());
    String controlId = String.valueOf(command.controlId());
    String refusal =
        makesOne && breakers.isComplete() && breakers.find(command.breaker()).isEmpty()
            ? BreakerDecider.refusal(
                RequestedChange.of(command, before.config()), command.reason(), Instant.now())
            : null;
    if (refusal != null) {
      // The orchestrator keeps no outcome of a breaker that there is not.
      throw refused(command, controlId, refusal);
    }
    CompletableFuture<BreakerState.Outcome> outcome =
        breakers.outcome(command.breaker(), controlId, ANSWER_WAIT);
    return sender
        .send(Topics.CONTROL, BreakerKey.of(command.breaker()), command.encode(), Map.of())
        .thenCompose(sent -> outcome)
        .handle((answer, failure) -> answer(command, controlId, before, answer, failure));
  }

  private BreakerState answer(
      BreakerCommand command,
      String controlId,
      BreakerState before,
      BreakerState.@Nullable Outcome outcome,
      @Nullable Throwable failure) {
    if (outcome == null) {
      throw Unanswered.problem(controlId, ANSWER_WAIT, "the breaker's history", failure);
    }
    String refusal = outcome.refusal();
    if (refusal != null) {
      throw refused(command, controlId, refusal);
    }
    return breakers.find(command.breaker()).orElse(before);
  }

  private static ApiProblem refused(BreakerCommand command, String controlId, String refusal) {
    return new ApiProblem(
        ProblemKind.BREAKER_REFUSED,
        "%s refused: %s".formatted(command.verb(), refusal),
        Map.of("controlId", controlId),
        null);
  }
}
