package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.core.FailureKind;
import io.doundo.orchestrator.core.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.history.LedgerLine.Report;
import io.doundo.orchestrator.history.Service;
import io.doundo.orchestrator.simulation.SimulatedFence.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Workers behind a fence. They crash while they work, stall past their lease, throw after the
 * effect; what was not answered is delivered again. Every effect is answered for in the end, and so
 * an undone step has none left, without exception.
 */
final class SdkWorker implements Worker {

  private static final int LEASE_MS = 80;

  private final Scene scene;
  private final Network network;
  private final Step step;
  private final SimulatedFence fence;
  private final Ledger ledger;
  private final SkewedClock redis;

  SdkWorker(Scene scene, Network network, Step step) {
    this.scene = scene;
    this.network = network;
    this.step = step;
    this.ledger = new Ledger(scene);
    this.redis = new SkewedClock(scene);
    this.fence = new SimulatedFence(scene, scene.dice().pick(SimulatedFence.Policy.values()));
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Service.Kind kind() {
    return Service.Kind.FENCED;
  }

  @Override
  public String describe() {
    return "SDK, " + fence.policy();
  }

  @Override
  public void deliver(DispatchStep command) {
    boolean forward = command.action() == Action.DO;
    long jump = redis.mayJump(1);
    if (jump != 0) {
      scene.coverage().count(jump > 0 ? Happening.REDIS_CLOCK_FORTH : Happening.REDIS_CLOCK_BACK);
      tell(step.name(), "the clock of its Redis jumps by " + jump + " ms");
    }
    Verdict verdict =
        forward
            ? fence.beginDo(
                command.attempt(), network.firstSent(command.step()), redis.now(), ledger.stands())
            : fence.beginUndo(
                command.generation(),
                Objects.requireNonNull(command.effect()),
                step.undoFailed(),
                redis.now());
    scene
        .story()
        .tell(
            scene.timeline(),
            "worker " + step.name(),
            () -> command.action() + " attempt " + command.attempt() + ": " + verdict);
    switch (verdict) {
      case WAIT ->
          scene.timeline().at(redis.trueTime(fence.leaseUntil()) + 1, () -> deliver(command));
      case UNKNOWN -> answer(command, failure(command, FailureKind.UNKNOWN));
      case FENCED -> answer(command, failure(command, FailureKind.FENCED));
      case EMPTY -> {
        ledger.buried(command);
        answer(command, success(command, null));
      }
      case REPLAY -> answer(command, stored(command));
      case RUN -> run(command);
    }
  }

  /** The Redis of the step is emptied. */
  void wiped() {
    tell(step.name(), "its Redis is emptied");
    scene.recorder().window(scene.now(), Long.MAX_VALUE, "Redis emptied", step.name());
    fence.wiped(scene.now());
  }

  private void tell(String who, String what) {
    scene.story().tell(scene.timeline(), "worker " + who, () -> what);
  }

  private Partition.Inbound stored(DispatchStep command) {
    return command.action() == Action.UNDO || fence.isDone()
        ? success(command, command.action() == Action.UNDO ? null : fence.result())
        : failure(command, fence.failedAs());
  }

  private void run(DispatchStep command) {
    Dice dice = scene.dice();
    int token = fence.token();
    long began = scene.now();
    int took = dice.between(1, 15);
    if (dice.fault(scene.weather().silence())) {
      boolean done = dice.chance(500);
      fence.leaseUntil(redis.now() + took + LEASE_MS);
      scene.timeline().after(took, () -> crash(command, began, done));
    } else if (dice.fault(scene.weather().delay())) {
      fence.leaseUntil(redis.now() + LEASE_MS);
      scene.timeline().after(dice.between(50, 1_200), () -> returned(command, began, token));
    } else {
      fence.leaseUntil(redis.now() + took + LEASE_MS);
      scene.timeline().after(took, () -> returned(command, began, token));
    }
  }

  private void crash(DispatchStep command, long began, boolean done) {
    scene.coverage().count(done ? Happening.DIED_AFTER_EFFECT : Happening.DIED_BEFORE_EFFECT);
    land(command, began, done, done);
    tell(command, "dies " + (done ? "after" : "before") + " its effect");
    network.redeliver(command);
  }

  private void returned(DispatchStep command, long began, int token) {
    if (!fence.holds(token)) {
      scene.coverage().count(Happening.LEASE_LOST);
    }
    if (command.action() == Action.DO) {
      doReturned(command, began, token);
    } else {
      undoReturned(command, began, token);
    }
  }

  private void doReturned(DispatchStep command, long began, int token) {
    Dice dice = scene.dice();
    FailureKind kind = null;
    if (dice.fault(scene.weather().failure())) {
      scene.coverage().count(Happening.DO_FAILED);
      int which = dice.below(4);
      kind =
          which == 0
              ? FailureKind.NO_EFFECT_FINAL
              : which == 1 ? FailureKind.UNKNOWN : FailureKind.NO_EFFECT;
    }
    boolean clean = kind == FailureKind.NO_EFFECT || kind == FailureKind.NO_EFFECT_FINAL;
    boolean done = kind == null || (!clean && dice.chance(500));
    boolean leavesBehind = clean && step.undoFailed() && dice.chance(500);
    boolean lands = done || leavesBehind;
    land(command, began, lands, kind != null || !fence.holds(token));
    if (!fence.holds(token)) {
      tell(command, "returns after it lost the lease, " + (done ? "done" : "not done"));
      if (scene.is(BrokenRule.STALE_WORKER_KEEPS_SILENT)) {
        return;
      }
      boolean sameWork = isSameWork();
      if (lands) {
        fence.landedLate();
      }
      if (!clean || leavesBehind) {
        lost(command, sameWork);
      }
      return;
    }
    tell(command, kind == null ? "done" : "fails " + kind + (done ? ", though done" : ""));
    if (kind == null) {
      Content result = scene.anyResult();
      fence.done(result);
      answer(command, success(command, result));
    } else {
      answer(command, failure(command, fence.failed(kind)));
    }
  }

  /** Whether another handler has done the same work meanwhile, and answers for it. */
  private boolean isSameWork() {
    return fence.isDone() && fence.policy() == SimulatedFence.Policy.RERUN;
  }

  private void lost(DispatchStep command, boolean sameWork) {
    if (!sameWork) {
      // The fence keeps a late effect until its answer is acknowledged, so that is never lost.
      Content result = scene.anyResult();
      network.answer(
          at ->
              new EffectLanded(at, step.name(), command.action(), answerOf(command), result, null));
    }
  }

  private void undoReturned(DispatchStep command, long began, int token) {
    Dice dice = scene.dice();
    boolean fails = dice.fault(scene.weather().undoFailure());
    if (fails) {
      scene.coverage().count(Happening.UNDO_FAILED);
    }
    boolean done = !fails || dice.chance(300);
    land(command, began, done, fails || !fence.holds(token));
    tell(command, (fails ? "fails" : "done") + (fence.holds(token) ? "" : ", lost the lease"));
    if (!fence.holds(token)) {
      if (done) {
        lost(command, isSameWork());
      }
    } else if (fails && !scene.is(BrokenRule.THROWN_UNDO_IS_DONE)) {
      fence.undoThrew();
      answer(command, failure(command, FailureKind.UNKNOWN));
    } else {
      fence.undone();
      answer(command, success(command, null));
    }
  }

  /**
   * @param irregular whether the step may have this effect again, because nobody can know of it
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

  private void answer(DispatchStep command, Partition.Inbound answer) {
    if (scene.dice().fault(scene.weather().loss())) {
      scene.coverage().count(Happening.LOST_ANSWER);
      network.redeliver(command);
    } else {
      network.answer(answer);
    }
  }

  private static AnswerOf answerOf(DispatchStep command) {
    return new AnswerOf(command.commandId(), command.attempt(), true);
  }

  private Partition.Inbound success(DispatchStep command, @Nullable Content result) {
    if (command.action() == Action.DO && scene.dice().fault(scene.weather().unsendable())) {
      scene.coverage().count(Happening.RESULT_TOO_LARGE);
      return failure(command, FailureKind.RESULT_TOO_LARGE);
    }
    return at ->
        new StepSucceeded(at, step.name(), command.action(), answerOf(command), result, null);
  }

  private Partition.Inbound failure(DispatchStep command, FailureKind kind) {
    boolean unsaid = kind == FailureKind.NO_EFFECT_FINAL || kind == FailureKind.UNKNOWN_FINAL;
    Action said = unsaid ? null : command.action();
    String error = scene.anyError();
    return at -> new StepFailed(at, step.name(), said, answerOf(command), kind, error, null);
  }

  private void tell(DispatchStep command, String what) {
    scene
        .story()
        .tell(
            scene.timeline(),
            "worker " + step.name(),
            () -> command.action() + " attempt " + command.attempt() + ": " + what);
  }
}
