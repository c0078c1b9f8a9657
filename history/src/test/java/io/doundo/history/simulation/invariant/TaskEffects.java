package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.AskBreaker;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.Hold;
import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.Effect.Unhold;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Carries out effects as the engine does: commands at once, timer and turns at the commit. */
public final class TaskEffects implements Effect.Handler<Boolean> {

  private final Consumer<DispatchStep> send;
  private final List<Integer> turns = new ArrayList<>();
  private long timer;
  private long committedTimer;

  public TaskEffects(Consumer<DispatchStep> send) {
    this.send = send;
  }

  /** The time for which the flow's timer is set, or 0. */
  public long timer() {
    return timer;
  }

  public void timerFires() {
    timer = 0;
  }

  /** Commits, and returns the turns that are readable from now on. */
  public List<Integer> commit() {
    committedTimer = timer;
    List<Integer> committed = List.copyOf(turns);
    turns.clear();
    return committed;
  }

  public void abort() {
    timer = committedTimer;
    turns.clear();
  }

  @Override
  public Boolean on(DispatchStep effect) {
    send.accept(effect);
    return true;
  }

  @Override
  public Boolean on(AskBreaker effect) {
    return true;
  }

  @Override
  public Boolean on(Hold effect) {
    return true;
  }

  @Override
  public Boolean on(Unhold effect) {
    return true;
  }

  @Override
  public Boolean on(Evaluate effect) {
    throw new AssertionError("nothing here has an expression: " + effect);
  }

  @Override
  public Boolean on(ScheduleTimer effect) {
    if (timer != 0) {
      throw new Violation("timer", "set a second time");
    }
    timer = effect.at();
    return true;
  }

  @Override
  public Boolean on(CancelTimer effect) {
    if (timer != effect.at()) {
      throw new Violation("timer", "cancelled, but none is set for " + effect.at());
    }
    timer = 0;
    return true;
  }

  @Override
  public Boolean on(SendTurn effect) {
    return turns.add(effect.turn());
  }

  @Override
  public Boolean on(PublishFlowEvent effect) {
    return true;
  }

  @Override
  public Boolean on(TellFlow effect) {
    throw new AssertionError("nothing here has parts: " + effect);
  }

  @Override
  public Boolean on(KeepPart effect) {
    throw new AssertionError("nothing here has parts: " + effect);
  }

  @Override
  public Boolean on(RefuseSignal effect) {
    return true;
  }

  @Override
  public Boolean on(RefuseEvent effect) {
    return true;
  }
}
