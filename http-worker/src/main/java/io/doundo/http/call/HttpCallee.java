package io.doundo.http.call;

import io.doundo.http.client.CallResult.Answered;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.http.HttpVerify;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.callee.Callee;
import io.doundo.worker.fence.Settled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Carries out http and webhook steps. Thread-safe. */
public final class HttpCallee implements Callee {

  /** The worker answers this long before the engine counts the attempt as timed out. */
  static final Duration MARGIN = Duration.ofMillis(250);

  /** Commands without a deadline, put on the topic by hand. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** What is left for the request after a verification that had to wait. */
  private static final Duration LEAST_FOR_REQUEST = Duration.ofSeconds(1);

  private static final String REPEATING =
      "; repeating it could do it twice, so it is not repeated: give the step \"verify\","
          + " \"idempotent: true\", or say in \"outcomes\" what this answer means";

  private final ConnectedServices services;
  private final InstantSource clock;
  private final Expressions expressions = new Expressions();

  public HttpCallee(ConnectedServices services, InstantSource clock) {
    this.services = services;
    this.clock = clock;
  }

  @Override
  public OnDoubt onDoubt(ReceivedCommand received) {
    try {
      HttpCommand command = HttpCommand.decode(received.payload());
      HttpCall call = command.calls().get(0);
      if (call.verify() != null) {
        return OnDoubt.VERIFY;
      }
      return isHarmless(command, call) ? OnDoubt.RERUN : OnDoubt.NEVER;
    } catch (MalformedRecordException e) {
      // It is answered as unreadable, and nothing is sent.
      return OnDoubt.RERUN;
    }
  }

  /** Whether a repetition does nothing that the first call has not done. */
  private static boolean isHarmless(HttpCommand command, HttpCall call) {
    return command.isIdempotent() || call.request().isRepeatable();
  }

  @Override
  public CompletionStage<CallEnd> call(CalledCommand called) {
    HttpCommand command;
    HttpRequest request;
    HttpCall call;
    CommandValues values;
    try {
      command = HttpCommand.decode(called.received().payload());
      call = command.calls().get(0);
      values = new CommandValues(command, call, expressions);
      request = values.evaluated(call.request(), null, null);
    } catch (MalformedRecordException | Expressions.NoValueException e) {
      return CompletableFuture.completedFuture(
          CallEnd.with(
              new Settled.NoEffect("the command cannot be read: " + e.getMessage(), false)));
    }
    String key = request.method().isRead() ? null : call.key();
    return services
        .send(
            new ConnectedServices.Call(
                request, key, command.isSigned() ? call.key() : null, until(called), "do"),
            called,
            values.ofCommand())
        .thenApply(sent -> ended(command, call, values, sent));
  }

  private CallEnd ended(
      HttpCommand command, HttpCall call, CommandValues values, ConnectedServices.Sent sent) {
    Proof proof = sent.proof();
    CallEnd end =
        switch (proof.outcome()) {
          case OK, UNCHANGED -> succeeded(values, proof.outcome(), (Answered) sent.result());
          case FAILED -> CallEnd.with(new Settled.NoEffect(proof.reason(), false));
          case NO_EFFECT -> CallEnd.with(new Settled.NoEffect(proof.reason(), true));
          case UNKNOWN -> inDoubt(command, call, proof.reason());
        };
    end = end.retryable() ? end.after(proof.retryAfter()) : end;
    return proof.serviceFault() ? end.withServiceFault() : end;
  }

  private static CallEnd inDoubt(HttpCommand command, HttpCall call, String reason) {
    return call.verify() != null || isHarmless(command, call)
        ? CallEnd.with(new Settled.InDoubt(reason))
        : CallEnd.forGood(new Settled.InDoubt(reason + REPEATING));
  }

  private static CallEnd succeeded(CommandValues values, HttpOutcome outcome, Answered response) {
    RawJson result;
    try {
      result = present(values.result(response));
    } catch (Expressions.NoValueException e) {
      String why = "but the step's result has no value: " + e.getMessage();
      return outcome == HttpOutcome.UNCHANGED
          ? CallEnd.with(new Settled.NoEffect("nothing was changed, " + why, false))
          : CallEnd.forGood(new Settled.InDoubt("the call succeeded, " + why));
    }
    return CallEnd.with(
        outcome == HttpOutcome.UNCHANGED
            ? new Settled.Unchanged(result)
            : new Settled.Done(result));
  }

  private static @Nullable RawJson present(@Nullable RawJson value) {
    return value == null || value.isNull() ? null : value;
  }

  @Override
  public CompletionStage<Verified> verify(CalledCommand called) {
    HttpCommand command;
    try {
      command = HttpCommand.decode(called.received().payload());
    } catch (MalformedRecordException e) {
      return CompletableFuture.completedFuture(
          new Verified.Unknown(
              CallEnd.with(new Settled.InDoubt("the command cannot be read: " + e.getMessage()))));
    }
    HttpCall call = command.calls().get(0);
    Instant deadline = called.received().deadline();
    Instant last = call.lastDeadline() == null ? deadline : call.lastDeadline();
    return found(called, command, call, last == null ? sentAt(called) : last)
        .thenApply(
            finding ->
                finding.accept(
                    result -> new Verified.Done(CallEnd.with(new Settled.Done(result))),
                    Verified.NotDone::new,
                    (reason, pause, fault) ->
                        new Verified.Unknown(
                            faulty(CallEnd.with(new Settled.InDoubt(reason)).after(pause), fault)),
                    reason -> new Verified.Unknown(CallEnd.forGood(new Settled.InDoubt(reason)))));
  }

  private static CallEnd faulty(CallEnd end, boolean fault) {
    return fault ? end.withServiceFault() : end;
  }

  /**
   * Asks whether the DO of a key had its effect. A negative answer counts only once its last bytes
   * cannot be on their way any more; until then this waits, or, where the attempt would end before,
   * does not know.
   *
   * @param last the deadline of the last DO, or the time after which none was sent
   */
  private CompletionStage<Finding> found(
      CalledCommand called, HttpCommand command, HttpCall call, Instant last) {
    HttpVerify verify = Objects.requireNonNull(call.verify());
    CommandValues values = new CommandValues(command, call, expressions);
    HttpRequest question;
    try {
      question = values.evaluated(verify.request(), null, null);
    } catch (Expressions.NoValueException e) {
      return CompletableFuture.completedFuture(
          Finding.unknown("verify cannot be asked: " + e.getMessage()));
    }
    return services
        .send(
            new ConnectedServices.Call(question, null, null, until(called), "verify"),
            called,
            values.ofVerify(verify))
        .thenCompose(
            sent -> {
              Finding finding = read(values, verify, sent);
              return finding.isNotDone()
                  ? settled(called, command, call, last)
                  : CompletableFuture.completedFuture(finding);
            });
  }

  private static Finding read(
      CommandValues values, HttpVerify verify, ConnectedServices.Sent sent) {
    Proof proof = sent.proof();
    if (proof.outcome() != HttpOutcome.OK || !(sent.result() instanceof Answered answered)) {
      return Finding.unknown(
          "verify was not answered: " + proof.reason(), proof.retryAfter(), proof.serviceFault());
    }
    try {
      if (!values.isDone(verify, answered)) {
        return Finding.notDone();
      }
    } catch (Expressions.NoValueException e) {
      return Finding.unknown("verify: " + e.getMessage());
    }
    try {
      return Finding.done(present(values.found(verify, answered)));
    } catch (Expressions.NoValueException e) {
      return Finding.doneWithoutResult(
          "verified as done, but its result has no value: " + e.getMessage());
    }
  }

  private CompletionStage<Finding> settled(
      CalledCommand called, HttpCommand command, HttpCall call, Instant last) {
    Instant now = clock.instant();
    Instant counts = last.plus(services.settle(command, call));
    if (!now.isBefore(counts)) {
      return CompletableFuture.completedFuture(Finding.notDone());
    }
    Duration wait = Duration.between(now, counts);
    if (counts.isAfter(until(called).minus(LEAST_FOR_REQUEST))) {
      return CompletableFuture.completedFuture(
          Finding.unknown(
              "verified as not done, which counts only after what was sent has settled",
              wait,
              false));
    }
    CompletableFuture<Finding> asked = new CompletableFuture<>();
    called.onAbandon(
        () -> asked.complete(Finding.unknown("given up while waiting for what was sent")));
    var unused =
        services
            .timer()
            .schedule(
                () -> {
                  if (!asked.isDone()) {
                    found(called, command, call, last)
                        .whenComplete(
                            (finding, error) -> {
                              if (error != null) {
                                asked.completeExceptionally(error);
                              } else {
                                asked.complete(finding);
                              }
                            });
                  }
                },
                wait.toMillis() + 1,
                TimeUnit.MILLISECONDS);
    return asked;
  }

  @Override
  public CompletionStage<CallEnd> undo(
      CalledCommand called, KnownEffect effect, @Nullable RawJson kept) {
    HttpCommand command;
    try {
      command = HttpCommand.decode(called.received().payload());
    } catch (MalformedRecordException e) {
      return CompletableFuture.completedFuture(
          CallEnd.forGood(new Settled.UndoThrew("the command cannot be read: " + e.getMessage())));
    }
    boolean isAlone = command.calls().size() == 1;
    CompletionStage<Undone> all = CompletableFuture.completedFuture(Undone.NOTHING);
    for (HttpCall call : command.calls()) {
      HttpCall known = isAlone ? withFence(call, effect, kept) : call;
      all =
          all.thenCompose(
              before ->
                  before.failure() != null
                      ? CompletableFuture.completedFuture(before)
                      : undone(called, command, known).thenApply(before::and));
    }
    return all.thenApply(Undone::end);
  }

  /** The fence of a single DO may know more than the orchestrator did. */
  private static HttpCall withFence(HttpCall call, KnownEffect effect, @Nullable RawJson kept) {
    KnownEffect said = call.effect() == null ? KnownEffect.UNKNOWN : call.effect();
    boolean fenceKnows = effect == KnownEffect.DONE && kept != null;
    return new HttpCall(
        call.key(),
        call.request(),
        call.verify(),
        call.lastDeadline(),
        fenceKnows ? KnownEffect.DONE : said,
        fenceKnows ? kept : call.result());
  }

  private CompletionStage<Undone> undone(CalledCommand called, HttpCommand command, HttpCall call) {
    KnownEffect effect = call.effect() == null ? KnownEffect.UNKNOWN : call.effect();
    if (effect != KnownEffect.UNKNOWN || call.verify() == null) {
      return undone(called, command, call, call.result(), effect);
    }
    // An UNDO is sent after the last DO, however late that one may still be written.
    Instant last = call.lastDeadline() == null ? sentAt(called) : call.lastDeadline();
    return found(called, command, call, last)
        .thenCompose(
            finding ->
                finding.accept(
                    result -> undone(called, command, call, result, KnownEffect.DONE),
                    () -> CompletableFuture.completedFuture(Undone.NOTHING),
                    (reason, pause, fault) ->
                        CompletableFuture.completedFuture(
                            Undone.failed(
                                faulty(
                                    CallEnd.with(new Settled.UndoThrew(reason)).after(pause),
                                    fault))),
                    reason ->
                        CompletableFuture.completedFuture(
                            Undone.failed(CallEnd.forGood(new Settled.UndoThrew(reason))))));
  }

  private CompletionStage<Undone> undone(
      CalledCommand called,
      HttpCommand command,
      HttpCall call,
      @Nullable RawJson result,
      KnownEffect effect) {
    CommandValues values = new CommandValues(command, call, expressions);
    HttpRequest request;
    try {
      request = values.evaluated(call.request(), result, effect.name());
    } catch (Expressions.NoValueException e) {
      return CompletableFuture.completedFuture(
          Undone.failed(
              CallEnd.forGood(
                  new Settled.UndoThrew("the undo cannot be sent: " + e.getMessage()))));
    }
    String key = undoKey(called, call);
    return services
        .send(
            new ConnectedServices.Call(
                request,
                request.method().isRead() ? null : key,
                command.isSigned() ? key : null,
                until(called),
                "undo"),
            called,
            values.ofCommand())
        .thenApply(sent -> undone(sent.proof()));
  }

  /** The same for all attempts of an UNDO, and another one for the UNDO of a later generation. */
  private static String undoKey(CalledCommand called, HttpCall call) {
    int generation = called.received().generation();
    return call.key() + "-undo" + (generation > 1 ? "-" + generation : "");
  }

  private static Undone undone(Proof proof) {
    if (proof.outcome() == HttpOutcome.OK || proof.outcome() == HttpOutcome.UNCHANGED) {
      return Undone.SOMETHING;
    }
    CallEnd end =
        new CallEnd(
            new Settled.UndoThrew(proof.reason()),
            proof.outcome() != HttpOutcome.FAILED,
            proof.retryAfter(),
            proof.serviceFault(),
            false);
    return Undone.failed(end);
  }

  /**
   * The undone calls so far.
   *
   * @param failure how the command ends because one of them failed; null while none has
   */
  private record Undone(boolean something, @Nullable CallEnd failure) {

    static final Undone NOTHING = new Undone(false, null);
    static final Undone SOMETHING = new Undone(true, null);

    static Undone failed(CallEnd end) {
      return new Undone(false, end);
    }

    Undone and(Undone next) {
      return new Undone(something || next.something, next.failure);
    }

    CallEnd end() {
      if (failure != null) {
        return failure;
      }
      return something ? CallEnd.with(new Settled.Undone()) : CallEnd.ofNothingToUndo();
    }
  }

  /** When a command was sent; now, if it does not say. */
  private Instant sentAt(CalledCommand called) {
    Instant sent = called.received().timestamp();
    return sent == null ? clock.instant() : sent;
  }

  private Instant until(CalledCommand called) {
    Instant deadline = called.received().deadline();
    return deadline == null ? clock.instant().plus(DEFAULT_TIMEOUT) : deadline.minus(MARGIN);
  }
}
