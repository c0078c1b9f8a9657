package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.delivery.AnswerSender.PreparedAnswer;
import io.doundo.worker.delivery.LeasedRun.HandlerTimes;
import io.doundo.worker.delivery.StepServer.StepRun;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.DoDecision;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.StepAnswer;
import io.doundo.worker.fence.Token;
import io.doundo.worker.fence.UndoDecision;
import io.doundo.worker.threads.AsyncSemaphore;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one delivered command: a slot, the fence's permission, the handler, its outcome in
 * the fence, the acknowledged answer, the settled offset. Only the handler occupies a thread;
 * everything else continues when a stage completes. After any unexpected failure on the way, the
 * command is retried after a pause, as if it was redelivered.
 */
final class Delivery {

  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private static final long FIRST_START_OVER_MS = 1_000;
  private static final long LAST_START_OVER_MS = 30_000;

  /** A waiting command asks again early, in case the run it waits for ends before its lease. */
  private static final long LONGEST_WAIT_MS = 1_000;

  /** The key of commands that run one after the other. */
  private record Lane(String flowId, StepKey step, boolean isDo) {}

  private final DeliveryContext context;
  private final AssignedPartition partition;
  private final Command command;
  private final Claim claim;
  private final FenceKey key;
  private final int failures;
  private final Decided decided = new Decided();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile AsyncSemaphore.@Nullable Permit permit;
  private volatile long askedAt;

  Delivery(DeliveryContext context, AssignedPartition partition, Command command) {
    this(
        context,
        partition,
        command,
        context.nextOwner(),
        partition.mayBeRedelivered(command.record().offset()),
        0);
  }

  /**
   * A further delivery of a command.
   *
   * @param owner that of the delivery before, unless its handler may have begun
   * @param redelivered whether it may have run before, here or elsewhere
   * @param failures how many deliveries by this process have failed
   */
  private Delivery(
      DeliveryContext context,
      AssignedPartition partition,
      Command command,
      String owner,
      boolean redelivered,
      int failures) {
    this.context = context;
    this.partition = partition;
    this.command = command;
    this.failures = failures;
    this.key = command.key();
    this.claim = command.claim(owner, context.lease(), redelivered);
  }

  Object lane() {
    return new Lane(command.received().flowId(), command.step(), command.isDo());
  }

  Command command() {
    return command;
  }

  /** Its turn has come. Throws nothing. */
  void begin() {
    guarded(
        () ->
            context
                .permits(command)
                .acquire(
                    taken -> {
                      permit = taken;
                      guarded(this::claim);
                    }));
  }

  /**
   * Every callback from another thread goes through here: otherwise an exception would be lost, and
   * the command's slot, lease and place in its lane would stay occupied.
   */
  void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      startOver(e);
    }
  }

  /**
   * Lets go of everything this delivery holds and delivers the command again after a while. Only
   * the fence knows how far its handler got, once the lease has ended.
   */
  void startOver(Throwable failure) {
    Lease lease = context.ended(this);
    if (lease != null) {
      lease.end();
    }
    releasePermit();
    if (!over.compareAndSet(false, true)) {
      log.error(
          "{} of flow {} failed after its command was settled", key.step(), key.flowId(), failure);
      return;
    }
    if (!wanted()) {
      log.debug("{} of flow {} is left to another worker", key.step(), key.flowId(), failure);
      return;
    }
    long ms = Math.min(LAST_START_OVER_MS, FIRST_START_OVER_MS << Math.min(failures, 5));
    log.error(
        "{} of flow {}: unexpected error; retrying its {} in {} ms",
        key.step(),
        key.flowId(),
        command.received().action(),
        ms,
        failure);
    context.meters().startedOver(command);
    boolean begun = lease != null;
    Delivery again =
        new Delivery(
            context,
            partition,
            command,
            begun ? context.nextOwner() : claim.owner(),
            begun || claim.redelivered(),
            failures + 1);
    context
        .timer()
        .after(
            ms,
            () -> {
              if (partition.lineUp(again)) {
                again.begin();
              }
            });
    nextInLane();
  }

  boolean wanted() {
    return !partition.isLetGo() && !context.isStopping();
  }

  /** A stop waits from here until the fence's decision is carried out: it may be to run. */
  private void claim() {
    context.asks();
    CompletionStage<Runnable> reaction;
    try {
      reaction = command.isDo() ? askDo() : askUndo();
    } catch (RuntimeException | Error e) {
      context.wasDecided();
      throw e;
    }
    reaction.whenComplete(
        (react, error) -> {
          try {
            guarded(() -> onDecision(react, error));
          } finally {
            context.wasDecided();
          }
        });
  }

  private CompletionStage<Runnable> askDo() {
    return partition
        .fence()
        .ask(
            fence -> {
              askedAt = System.nanoTime();
              return fence.beginDo(key, claim);
            },
            this::wanted)
        .thenApply(decision -> decision.accept(decided));
  }

  private CompletionStage<Runnable> askUndo() {
    KnownEffect effect = command.received().effect();
    return partition
        .fence()
        .ask(
            fence -> {
              askedAt = System.nanoTime();
              return fence.beginUndo(key, claim, effect);
            },
            this::wanted)
        .thenApply(decision -> decision.accept(decided));
  }

  private void onDecision(@Nullable Runnable react, @Nullable Throwable error) {
    if (react == null) {
      notClaimed(error);
    } else {
      react.run();
    }
  }

  /** The reaction to each decision of the fence. */
  private final class Decided
      implements DoDecision.Handler<Runnable>, UndoDecision.Handler<Runnable> {

    @Override
    public Runnable on(DoDecision.Run run) {
      return () -> {
        context.meters().decided(command, run.again() ? "run_again" : "run");
        start(command.server().toDo(command, run.again()), run.token());
      };
    }

    @Override
    public Runnable on(DoDecision.Verify verify) {
      return () -> {
        context.meters().decided(command, "verify");
        start(command.server().toVerify(command), verify.token());
      };
    }

    @Override
    public Runnable on(DoDecision.Wait wait) {
      return () -> waitFor(wait.remaining());
    }

    @Override
    public Runnable on(DoDecision.Reply reply) {
      return () -> {
        if (reply.answer().isOverdue()) {
          partition.fence().refusedAsOverdue(claim.deadline());
        }
        reply(reply.answer(), reply.token(), reply.replayed());
      };
    }

    @Override
    public Runnable on(UndoDecision.Run run) {
      return () -> {
        context.meters().decided(command, "run");
        start(command.server().toUndo(command, run.effect(), run.result()), run.token());
      };
    }

    @Override
    public Runnable on(UndoDecision.Wait wait) {
      return () -> {
        // A DO that runs here learns at once that an UNDO waits for it.
        context.renewRunOf(key);
        waitFor(wait.remaining());
      };
    }

    @Override
    public Runnable on(UndoDecision.Reply reply) {
      return () -> reply(reply.answer(), reply.token(), reply.replayed());
    }
  }

  private void notClaimed(@Nullable Throwable error) {
    if (error == null || FenceHealth.unwrapped(error) instanceof CancellationException) {
      releasePermit();
    } else {
      startOver(error);
    }
  }

  private void waitFor(Duration remaining) {
    context.meters().decided(command, "wait");
    releasePermit();
    long ms = Math.max(1, Math.min(LONGEST_WAIT_MS, remaining.toMillis() + 1));
    context.meters().waited(command, ms);
    context.timer().after(ms, this::begin);
  }

  private void reply(StepAnswer answer, Token token, boolean replayed) {
    releasePermit();
    context
        .meters()
        .decided(command, replayed ? "replay" : answer.outcome().name().toLowerCase(Locale.ROOT));
    if (answer.resultSent()) {
      // The orchestrator has this answer with its result; without it, it would contradict itself.
      log.debug("{} of flow {} was already answered", key.step(), key.flowId());
      settle();
    } else {
      answer(answer, token, null, null);
    }
  }

  private void start(StepRun run, Token token) {
    Lease lease =
        new Lease(
            partition.fence(),
            context.timer(),
            context.renewals(),
            key,
            token,
            claim,
            this::nextInLane);
    if (!context.begun(this, lease)) {
      // Nobody would record how it ends. The lease runs out, and the command is delivered again.
      log.debug("{} of flow {} is left to another worker", key.step(), key.flowId());
      releasePermit();
      return;
    }
    lease.begin(askedAt);
    new LeasedRun(this, context, key, run, lease).handIn();
  }

  /**
   * Sends the answer and settles the command once it is acknowledged.
   *
   * @param times of the handler; null when this delivery did not run it
   * @param prepared null when no answer was prepared
   */
  void answer(
      StepAnswer answer,
      Token token,
      @Nullable HandlerTimes times,
      @Nullable PreparedAnswer prepared) {
    context.meters().answered(command, answer.outcome());
    context
        .answers()
        .send(command, answer, times, prepared)
        .whenComplete(
            (nothing, error) ->
                guarded(
                    () -> {
                      if (error != null) {
                        startOver(error);
                      } else {
                        settled();
                        // The next of its lane asks once the fence knows that this is answered, and
                        // then need not answer again.
                        forgetResult(answer, token).whenComplete((kept, failure) -> nextInLane());
                      }
                    }));
  }

  /** Ends well in any case: if it is lost, the record only keeps its result for longer. */
  private CompletionStage<Void> forgetResult(StepAnswer answer, Token token) {
    if (!command.isDo() || answer.outcome() == Outcome.FENCED) {
      return CompletableFuture.completedStage(null);
    }
    return partition
        .fence()
        .once(fence -> fence.answered(key, token, claim.deadline()))
        .exceptionally(
            failure -> {
              log.debug(
                  "Dropping an acknowledged result failed; it is kept longer than needed", failure);
              return null;
            });
  }

  void settle() {
    settled();
    nextInLane();
  }

  private void settled() {
    over.set(true);
    context.ended(this);
    partition.settled(command.record().offset());
  }

  private void nextInLane() {
    Delivery next = partition.leave(this);
    if (next != null) {
      next.begin();
    }
  }

  void releasePermit() {
    AsyncSemaphore.Permit held = permit;
    if (held != null) {
      held.release();
    }
  }
}
