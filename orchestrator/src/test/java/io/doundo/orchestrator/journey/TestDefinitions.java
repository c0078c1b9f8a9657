package io.doundo.orchestrator.journey;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds small definitions for tests. */
public final class TestDefinitions {

  /** Three attempts one second apart, without jitter. */
  public static final RetryPolicy THREE_TIMES = policy(3);

  private TestDefinitions() {}

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
        Work.Remote.PLAIN,
        new AttemptRules(Duration.ofSeconds(30), OnTimeout.RETRY, THREE_TIMES, THREE_TIMES),
        UndoRule.OWN,
        false);
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
    return with(s, new AttemptRules(s.timeout(), s.onTimeout(), retry, s.undoRetry()));
  }

  public static Step undoRetry(Step s, RetryPolicy retry) {
    return with(s, new AttemptRules(s.timeout(), s.onTimeout(), s.retry(), retry));
  }

  public static Step onTimeout(Step s, OnTimeout onTimeout) {
    return with(s, new AttemptRules(s.timeout(), onTimeout, s.retry(), s.undoRetry()));
  }

  public static Step withTimeout(Step s, Duration timeout) {
    return with(s, new AttemptRules(timeout, s.onTimeout(), s.retry(), s.undoRetry()));
  }

  private static Step with(Step s, AttemptRules attempts) {
    return new Step(s.name(), s.seq(), s.dependsOn(), s.work(), attempts, s.undoing(), s.pivot());
  }

  public static Step withoutUndo(Step s) {
    return with(s, UndoRule.NONE, s.pivot());
  }

  public static Step undoFailed(Step s) {
    return with(s, UndoRule.OWN_EVEN_IF_FAILED, s.pivot());
  }

  public static Step pivot(Step s) {
    return with(s, UndoRule.NONE, true);
  }

  private static Step with(Step s, UndoRule undoing, boolean pivot) {
    return new Step(s.name(), s.seq(), s.dependsOn(), s.work(), s.attempts(), undoing, pivot);
  }

  public static Step committed(Step s) {
    Work.Remote remote = s.remote();
    return with(
        s,
        new Work.Remote(
            true, remote.sharedTopic(), remote.objectType(), remote.bindings(), remote.failStep()));
  }

  /** The same step with other work. */
  public static Step with(Step s, Work work) {
    return new Step(s.name(), s.seq(), s.dependsOn(), work, s.attempts(), s.undoing(), s.pivot());
  }
}
