package io.doundo.orchestrator.journey;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds small definitions for tests. */
public final class Definitions {

  /** Three attempts one second apart, without jitter. */
  public static final RetryPolicy THREE_TIMES = policy(3);

  private Definitions() {}

  public static RetryPolicy policy(int attempts) {
    return new RetryPolicy(
        attempts,
        RetryPolicy.Strategy.FIXED,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        0,
        List.of(),
        List.of());
  }

  /** A step with three attempts each way and a timeout of 30 s. */
  public static Step step(String name, int seq, String... dependsOn) {
    return new Step(
        name,
        seq,
        List.of(dependsOn),
        Duration.ofSeconds(30),
        THREE_TIMES,
        THREE_TIMES,
        true,
        false,
        false,
        false,
        OnTimeout.RETRY,
        false,
        null,
        Map.of());
  }

  public static Orchestration chain(String name, String... steps) {
    List<Step> chain = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      chain.add(i == 0 ? step(steps[0], 1) : step(steps[i], i + 1, steps[i - 1]));
    }
    return orchestration(name, GraphType.SEQUENTIAL, chain);
  }

  public static Orchestration parallel(String name, String... steps) {
    List<Step> all = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      all.add(step(steps[i], i + 1));
    }
    return orchestration(name, GraphType.PARALLEL, all);
  }

  public static Orchestration orchestration(String name, GraphType type, List<Step> steps) {
    return orchestration(name, type, steps, null);
  }

  public static Orchestration orchestration(
      String name, GraphType type, List<Step> steps, @Nullable Duration timeout) {
    String hash = String.format("%016x", steps.hashCode() & 0xffffffffL);
    return Orchestration.of(
        new DefinitionId(name, hash),
        type,
        steps,
        timeout,
        Orchestration.DEFAULT_UNDO_WINDOW,
        null,
        null,
        "tests");
  }

  /** The same definition with one step changed. */
  public static Orchestration with(
      Orchestration orchestration, String name, UnaryOperator<Step> change) {
    List<Step> steps = new ArrayList<>(orchestration.steps());
    steps.replaceAll(step -> step.name().equals(name) ? change.apply(step) : step);
    return orchestration(
        orchestration.name(), orchestration.type(), steps, orchestration.timeout());
  }

  public static Step retry(Step s, RetryPolicy retry) {
    return copy(
        s,
        retry,
        s.undoRetry(),
        s.undoable(),
        s.undoFailed(),
        s.pivot(),
        s.committed(),
        s.onTimeout());
  }

  public static Step undoRetry(Step s, RetryPolicy retry) {
    return copy(
        s, s.retry(), retry, s.undoable(), s.undoFailed(), s.pivot(), s.committed(), s.onTimeout());
  }

  public static Step withoutUndo(Step s) {
    return copy(
        s,
        s.retry(),
        s.undoRetry(),
        false,
        s.undoFailed(),
        s.pivot(),
        s.committed(),
        s.onTimeout());
  }

  public static Step undoFailed(Step s) {
    return copy(
        s, s.retry(), s.undoRetry(), s.undoable(), true, s.pivot(), s.committed(), s.onTimeout());
  }

  public static Step pivot(Step s) {
    return copy(
        s, s.retry(), s.undoRetry(), false, s.undoFailed(), true, s.committed(), s.onTimeout());
  }

  public static Step committed(Step s) {
    return copy(
        s, s.retry(), s.undoRetry(), s.undoable(), s.undoFailed(), s.pivot(), true, s.onTimeout());
  }

  public static Step onTimeout(Step s, OnTimeout onTimeout) {
    return copy(
        s,
        s.retry(),
        s.undoRetry(),
        s.undoable(),
        s.undoFailed(),
        s.pivot(),
        s.committed(),
        onTimeout);
  }

  public static Step withTimeout(Step s, Duration timeout) {
    return new Step(
        s.name(),
        s.seq(),
        s.dependsOn(),
        timeout,
        s.retry(),
        s.undoRetry(),
        s.undoable(),
        s.undoFailed(),
        s.pivot(),
        s.committed(),
        s.onTimeout(),
        s.sharedTopic(),
        s.objectType(),
        s.bindings());
  }

  private static Step copy(
      Step s,
      RetryPolicy retry,
      RetryPolicy undoRetry,
      boolean undoable,
      boolean undoFailed,
      boolean pivot,
      boolean committed,
      OnTimeout onTimeout) {
    return new Step(
        s.name(),
        s.seq(),
        s.dependsOn(),
        s.timeout(),
        retry,
        undoRetry,
        undoable,
        undoFailed,
        pivot,
        committed,
        onTimeout,
        s.sharedTopic(),
        s.objectType(),
        s.bindings());
  }
}
