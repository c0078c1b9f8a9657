package io.doundo.history.simulation.worker;

import io.doundo.history.LedgerLine.Report;
import io.doundo.history.StepWorker;
import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.SkewedClock;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.delivery.LeaseTerm;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.DoDecision;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Settled;
import io.doundo.worker.fence.StepAnswer;
import io.doundo.worker.fence.Token;
import io.doundo.worker.fence.UndoDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Workers behind a fence. They crash in the middle of a command, stall past their lease, and throw
 * after the effect; an unanswered command is delivered again. In the end the orchestrator knows of
 * every effect, so an undone step never has one left.
 */
public final class SdkWorker implements Worker {

  /** Shorter and longer than any step's timeout, and in between. */
  private static final Integer[] LEASES_MS = {40, 80, 300, 30_000};

  private static final int LONGEST_WAIT_MS = 500;

  private static final int LONGEST_REPEAT_MS = 1_000;

  /** How many replies of the fence are lost for each lost answer. */
  private static final int REPLIES_LOST = 5;

  private record Delivery(Sending sending, Claim claim) {
    DispatchStep command() {
      return sending.command();
    }
  }

  /**
   * A handler's run.
   *
   * @param term the lease as its process knows it
   * @param verifies whether it checks the outside world first
   */
  private record Run(Delivery delivery, Token token, LeaseTerm term, boolean verifies) {
    DispatchStep command() {
      return delivery.command();
    }
  }

  private final Scene scene;
  private final Network network;
  private final Step step;
  private final FinerAnswers finer;
  private final OnDoubt onDoubt;
  private final Duration lease;
  private final SkewedClock redis;
  private final SimulatedFence fence;
  private final Ledger ledger;
  private final Dice repeats;
  private final Set<Sending> deliveredRecords = new HashSet<>(8);
  private final Set<String> deliveredCommands = new HashSet<>(8);

  /** Whether the clocks agree and Redis loses nothing: leases are reliable only then. */
  private final boolean leasesHold;

  /** When an UNDO was last given the step, or found nothing to undo. */
  private long lastUndo = -1;

  private int deliveries;

  public SdkWorker(Scene scene, Network network, Step step, FinerAnswers finer) {
    this.scene = scene;
    this.network = network;
    this.step = step;
    this.finer = finer;
    this.ledger = new Ledger(scene);
    this.onDoubt = scene.dice().pick(OnDoubt.values());
    this.lease = Duration.ofMillis(scene.beside().pick(LEASES_MS));
    this.repeats = scene.beside().beside();
    boolean clocksAgree = scene.weather().clock() == 0;
    this.leasesHold = clocksAgree && scene.weather().wipe() == 0;
    this.redis = new SkewedClock(scene);
    this.fence =
        new SimulatedFence(
            scene,
            redis,
            clocksAgree && recordsMayExpire(scene, network) && scene.beside().chance(500));
  }

  /**
   * An acknowledged answer may be forgotten because it is read before the next attempt is sent.
   * After a crash an impatient orchestrator, or an operator whose requests are read before older
   * answers, may still cause the next attempt to be sent.
   */
  private static boolean recordsMayExpire(Scene scene, Network network) {
    boolean lives = scene.weather().crash() == 0 && scene.weather().zombie() == 0;
    return lives || (network.isPatient() && scene.weather().operator() == 0);
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public StepWorker.Kind kind() {
    return StepWorker.Kind.FENCED;
  }

  @Override
  public String describe() {
    return "SDK, " + onDoubt + ", lease " + lease.toMillis() + " ms";
  }

  @Override
  public void deliver(Sending sending) {
    DispatchStep command = sending.command();
    long firstSent = sending.firstSent();
    boolean forward = command.action() == CommandAction.DO;
    Claim claim =
        new Claim(
            "delivery" + ++deliveries,
            command.generation(),
            command.attempt(),
            command.commandId(),
            lease,
            step.timeout(),
            onDoubt,
            firstSent == 0 ? null : Instant.ofEpochMilli(firstSent),
            Instant.ofEpochMilli(command.deadline()),
            mayBeRedelivered(sending),
            forward && !scene.is(BrokenRule.EXPIRED_ABSENCE_IS_EVIDENCE)
                ? Instant.ofEpochMilli(sending.visibleSince())
                : null,
            step.undoFailed() && !scene.is(BrokenRule.UNDO_FAILED_IS_NOT_TOLD));
    claim(new Delivery(sending, claim));
  }

  /**
   * A worker recognises a redelivered record, but not always another record of the same command.
   */
  private boolean mayBeRedelivered(Sending sending) {
    boolean newRecord = deliveredRecords.add(sending);
    boolean newCommand = deliveredCommands.add(sending.command().commandId());
    return !newRecord || (!newCommand && scene.beside().chance(500));
  }

  private void claim(Delivery delivery) {
    long jump = redis.mayJump(1);
    if (jump != 0) {
      scene.coverage().count(jump > 0 ? Happening.REDIS_CLOCK_FORTH : Happening.REDIS_CLOCK_BACK);
      tell(step.name(), "the clock of its Redis jumps by " + jump + " ms");
    }
    if (delivery.command().action() == CommandAction.DO) {
      claimDo(delivery);
    } else {
      claimUndo(delivery);
    }
  }

  private void claimDo(Delivery delivery) {
    DispatchStep command = delivery.command();
    DoDecision decision = fence.beginDo(delivery.claim());
    tell(command, decision::toString);
    Runnable next =
        decision.accept(
            new DoDecision.Handler<Runnable>() {
              @Override
              public Runnable on(DoDecision.Run run) {
                return () -> {
                  if (run.again() && fence.mayBeOver(delivery.claim())) {
                    // Its author has declared that it may run again after an uncertain run.
                    scene.coverage().count(Happening.MAY_BE_OVER);
                    scene
                        .recorder()
                        .window(scene.now(), Long.MAX_VALUE, "over and forgotten", step.name());
                  }
                  run(delivery, run.token(), false);
                };
              }

              @Override
              public Runnable on(DoDecision.Verify verify) {
                return () -> run(delivery, verify.token(), true);
              }

              @Override
              public Runnable on(DoDecision.Wait wait) {
                return () -> waitFor(delivery, wait.remaining());
              }

              @Override
              public Runnable on(DoDecision.Reply reply) {
                return () -> reply(delivery.sending(), reply.answer(), reply.token());
              }
            });
    next.run();
  }

  private void claimUndo(Delivery delivery) {
    DispatchStep command = delivery.command();
    Claim claim = delivery.claim();
    Claim told = scene.is(BrokenRule.REPLAYS_FOR_A_HIGHER_GENERATION) ? ofFirst(claim) : claim;
    UndoDecision decision = fence.beginUndo(told, Objects.requireNonNull(command.effect()));
    tell(command, decision::toString);
    Runnable next =
        decision.accept(
            new UndoDecision.Handler<Runnable>() {
              @Override
              public Runnable on(UndoDecision.Run run) {
                lastUndo = scene.now();
                return () -> run(delivery, run.token(), false);
              }

              @Override
              public Runnable on(UndoDecision.Wait wait) {
                return () -> waitFor(delivery, wait.remaining());
              }

              @Override
              public Runnable on(UndoDecision.Reply reply) {
                lastUndo = reply.replayed() ? lastUndo : scene.now();
                return () -> {
                  if (reply.answer().outcome() == Outcome.UNDONE_EMPTY && !reply.replayed()) {
                    ledger.buried(command);
                  }
                  reply(delivery.sending(), reply.answer(), reply.token());
                };
              }
            });
    next.run();
  }

  private static Claim ofFirst(Claim claim) {
    return new Claim(
        claim.owner(),
        1,
        claim.attempt(),
        claim.commandId(),
        claim.lease(),
        claim.limit(),
        claim.onDoubt(),
        claim.firstSent(),
        claim.deadline(),
        claim.redelivered(),
        claim.visibleSince(),
        claim.undoFailed());
  }

  private void waitFor(Delivery delivery, Duration remaining) {
    long ms = Math.min(LONGEST_WAIT_MS, remaining.toMillis() + 1);
    scene.timeline().after(ms, () -> claim(delivery));
  }

  private void reply(Sending sending, StepAnswer answer, Token token) {
    if (answer.outcome() == Outcome.LATE_EFFECT) {
      scene.coverage().count(Happening.LATE_EFFECT_TOLD_AGAIN);
    }
    if (answer.outcome() == Outcome.NO_EFFECT && token.number() == 0) {
      scene.coverage().count(Happening.DO_TOO_LATE);
    }
    // A command acknowledged with its result is not answered without it.
    if (!answer.resultSent()) {
      answer(sending, answer, token);
    }
  }

  /** The Redis of the step is emptied. */
  public void wiped() {
    tell(step.name(), "its Redis is emptied");
    scene.recorder().window(scene.now(), Long.MAX_VALUE, "Redis emptied", step.name());
    scene.recorder().fenceLost(scene.now());
    fence.wiped();
  }

  private void run(Delivery delivery, Token token, boolean verifies) {
    Dice dice = scene.dice();
    Claim claim = delivery.claim();
    Duration limit =
        scene.is(BrokenRule.LEASE_IGNORES_THE_TIMEOUT) ? Duration.ofDays(1) : claim.limit();
    LeaseTerm term = new LeaseTerm(claim.lease(), limit);
    term.granted(nanos());
    Run run = new Run(delivery, token, term, verifies);
    int took = dice.between(1, 15);
    if (dice.fault(scene.weather().silence())) {
      long began = scene.now();
      boolean done = dice.chance(500);
      scene.timeline().after(took, () -> crash(run, began, done));
    } else if (dice.fault(scene.weather().delay())) {
      int longTime = dice.between(50, 1_200);
      int heldUp = leasesHold && scene.beside().chance(500) ? scene.beside().below(longTime) : 0;
      if (scene.beside().chance(500)) {
        renewLater(run);
      }
      scene.timeline().after(heldUp, () -> begin(run, longTime - heldUp));
    } else {
      begin(run, took);
    }
  }

  private long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(scene.now());
  }

  /** As a process does that is not frozen: until the lease cannot be extended further. */
  private void renewLater(Run run) {
    long now = nanos();
    if (run.term().endsBeforeRenewal(now)) {
      return;
    }
    int ms = (int) TimeUnit.NANOSECONDS.toMillis(run.term().untilRenewal(now)) + 1;
    scene
        .timeline()
        .after(
            ms,
            () -> {
              long askedAt = nanos();
              RenewResult renewed = fence.renew(run.token(), lease);
              if (renewed == RenewResult.HELD || renewed == RenewResult.UNDO_WAITS) {
                run.term().renewed(askedAt);
                renewLater(run);
              }
            });
  }

  /** The handler gets its thread. */
  private void begin(Run run, int takes) {
    long began = scene.now();
    if (!isHeld(run)) {
      scene.coverage().count(Happening.LEASE_ENDED_BEFORE_HANDLER);
      tell(run.command(), () -> "the lease ended before the handler began");
      boolean forward = run.command().action() == CommandAction.DO;
      settle(
          run,
          forward ? new Settled.NoEffect("not begun", true) : new Settled.UndoThrew("not begun"));
    } else if (run.verifies()) {
      verify(run, began, takes);
    } else {
      scene.timeline().after(takes, () -> returned(run, began));
    }
  }

  private boolean isHeld(Run run) {
    return run.term().lasts(nanos()) || fence.renew(run.token(), lease) == RenewResult.HELD;
  }

  private void verify(Run run, long began, int takes) {
    if (ledger.stands()) {
      settle(run, new Settled.Done(null));
    } else if (fence.ruledOut(run.token(), lease) == RenewResult.HELD) {
      scene.timeline().after(takes, () -> returned(run, began));
    } else {
      settle(run, new Settled.NoEffect("verified as not done, and lost", true));
    }
  }

  private void crash(Run run, long began, boolean done) {
    DispatchStep command = run.command();
    // Nobody can know of an effect after an UNDO that took the step away, if its worker is killed.
    boolean unknowable = command.action() == CommandAction.DO && !holds(run) && lastUndo >= began;
    boolean lands = done && !unknowable;
    scene.coverage().count(lands ? Happening.DIED_AFTER_EFFECT : Happening.DIED_BEFORE_EFFECT);
    land(command, began, lands, lands);
    tell(command, () -> "dies " + (lands ? "after" : "before") + " its effect");
    network.redeliver(run.delivery().sending());
  }

  private void returned(Run run, long began) {
    if (run.command().action() == CommandAction.DO) {
      doReturned(run, began);
    } else {
      undoReturned(run, began);
    }
  }

  private void doReturned(Run run, long began) {
    Dice dice = scene.dice();
    Settled settled;
    boolean fails = dice.fault(scene.weather().failure());
    boolean lands = true;
    if (fails) {
      scene.coverage().count(Happening.DO_FAILED);
      int which = dice.below(4);
      String error = scene.anyError();
      boolean clean = which != 1;
      settled = clean ? new Settled.NoEffect(error, which != 0) : new Settled.InDoubt(error);
      lands = dice.chance(500) && (!clean || step.undoFailed());
    } else if (finer.findsUnchanged()) {
      lands = false;
      Content result = scene.anyResult();
      settled = new Settled.Unchanged(result == null ? null : Scene.json(result));
    } else {
      Content result = scene.anyResult();
      settled = new Settled.Done(result == null ? null : Scene.json(result));
    }
    if (settled instanceof Settled.NoEffect && lands) {
      scene.coverage().count(Happening.FAILED_AND_LEFT_SOMETHING);
    }
    land(run.command(), began, lands, fails || !holds(run));
    boolean landed = lands;
    tell(run.command(), () -> settled + (landed ? ", and has its effect" : ", without effect"));
    settle(run, settled);
  }

  private boolean holds(Run run) {
    return fence.holds(run.token());
  }

  private void undoReturned(Run run, long began) {
    Dice dice = scene.dice();
    boolean fails = dice.fault(scene.weather().undoFailure());
    if (fails) {
      scene.coverage().count(Happening.UNDO_FAILED);
    }
    boolean done = !fails || dice.chance(300);
    land(run.command(), began, done, fails || !holds(run));
    Settled settled =
        fails && !scene.is(BrokenRule.THROWN_UNDO_IS_DONE)
            ? new Settled.UndoThrew(scene.anyError())
            : new Settled.Undone();
    tell(run.command(), () -> settled + (done ? ", and has its effect" : ", without effect"));
    settle(run, settled);
  }

  private void settle(Run run, Settled settled) {
    DispatchStep command = run.command();
    if (!holds(run)) {
      scene.coverage().count(Happening.LEASE_LOST);
    }
    FinishResult result = fence.finish(run.token(), settled);
    tell(command, result::toString);
    if (repeats.fault(REPLIES_LOST * scene.weather().loss())) {
      scene.coverage().count(Happening.ENDING_REPEATED);
      tell(command, () -> "the fence's reply is lost");
      scene.timeline().after(repeats.between(1, LONGEST_REPEAT_MS), () -> repeat(run, settled));
    } else {
      take(run, result);
    }
  }

  /** Says again how the run ended. */
  private void repeat(Run run, Settled settled) {
    if (run.command().action() == CommandAction.DO && fence.isUndoing()) {
      scene.coverage().count(Happening.ENDING_REPEATED_DURING_UNDO);
    }
    FinishResult result = fence.finish(run.token(), settled);
    tell(run.command(), () -> "repeated: " + result);
    take(run, result);
  }

  private void take(Run run, FinishResult result) {
    Runnable next =
        result.accept(
            new FinishResult.Handler<Runnable>() {
              @Override
              public Runnable on(FinishResult.Reply reply) {
                return () -> answer(run.delivery().sending(), reply.answer(), run.token());
              }

              @Override
              public Runnable on(FinishResult.Superseded superseded) {
                return () -> {};
              }
            });
    next.run();
  }

  /**
   * @param irregular whether the step may have this effect again, because it cannot be known
   */
  private void land(DispatchStep command, long began, boolean lands, boolean irregular) {
    if (!lands) {
      ledger.didNothing(command, began, Report.ANSWERED);
      return;
    }
    if (irregular) {
      scene.recorder().window(scene.now(), Long.MAX_VALUE, "effect in doubt", step.name());
    }
    ledger.landed(command, began, Report.ANSWERED);
  }

  private void answer(Sending sending, StepAnswer answer, Token token) {
    DispatchStep command = sending.command();
    if (answer.mayFollowUndo()) {
      scene.coverage().count(Happening.MAY_FOLLOW_UNDO);
    }
    // Late effects are rare, and so are lost answers.
    int loss = scene.weather().loss() * (answer.outcome() == Outcome.LATE_EFFECT ? 10 : 1);
    if (scene.dice().fault(loss)) {
      scene.coverage().count(Happening.LOST_ANSWER);
      network.redeliver(sending);
      return;
    }
    network.answer(worded(command, answer));
    if (command.action() == CommandAction.DO) {
      fence.answered(answer, token, Instant.ofEpochMilli(command.deadline()));
    }
  }

  private Partition.Inbound worded(DispatchStep command, StepAnswer answer) {
    RawJson json = answer.result();
    Content result = json == null ? null : Scene.content(json);
    boolean vouched = !answer.mayFollowUndo() || scene.is(BrokenRule.VOUCHES_AFTER_A_LOSS);
    AnswerOf of =
        new AnswerOf(
            command.commandId(), command.attempt(), vouched, answer.mayFollowUndo(), null, 0, 0);
    return switch (answer.outcome()) {
      case OK, UNDONE, UNDONE_EMPTY -> success(command, result, of);
      case UNCHANGED, UNCHANGED_IN_DOUBT -> unchanged(command, result, answer.outcome());
      case NO_EFFECT ->
          failure(
              command,
              answer.retryable() ? FailureKind.NO_EFFECT : FailureKind.NO_EFFECT_FINAL,
              of);
      case UNKNOWN ->
          failure(
              command, answer.retryable() ? FailureKind.UNKNOWN : FailureKind.UNKNOWN_FINAL, of);
      case FENCED -> failure(command, FailureKind.FENCED, of);
      case LATE_EFFECT ->
          at -> new EffectLanded(at, step.name(), command.action(), of, result, null);
    };
  }

  private Partition.Inbound unchanged(
      DispatchStep command, @Nullable Content result, Outcome outcome) {
    AnswerOf byAnyone = new AnswerOf(command.commandId(), command.attempt(), false);
    boolean inDoubt = outcome == Outcome.UNCHANGED_IN_DOUBT;
    return at ->
        new StepSucceeded(at, step.name(), CommandAction.DO, byAnyone, result, null, true, inDoubt);
  }

  private Partition.Inbound success(DispatchStep command, @Nullable Content result, AnswerOf of) {
    if (command.action() == CommandAction.DO && scene.dice().fault(scene.weather().unsendable())) {
      scene.coverage().count(Happening.RESULT_TOO_LARGE);
      return failure(command, FailureKind.RESULT_TOO_LARGE, of);
    }
    return at -> new StepSucceeded(at, step.name(), command.action(), of, result, null);
  }

  private Partition.Inbound failure(DispatchStep command, FailureKind kind, AnswerOf of) {
    boolean unsaid = kind == FailureKind.NO_EFFECT_FINAL || kind == FailureKind.UNKNOWN_FINAL;
    CommandAction said = unsaid ? null : command.action();
    String error = scene.anyError();
    long pause = finer.pause();
    return at ->
        new StepFailed(
            at, step.name(), said, of, kind, error, null, pause == 0 ? 0 : at + pause, false);
  }

  private void tell(String who, String what) {
    scene.story().tell(scene.timeline(), "worker " + who, () -> what);
  }

  private void tell(DispatchStep command, Supplier<String> what) {
    scene
        .story()
        .tell(
            scene.timeline(),
            "worker " + step.name(),
            () -> command.action() + " attempt " + command.attempt() + ": " + what.get());
  }
}
