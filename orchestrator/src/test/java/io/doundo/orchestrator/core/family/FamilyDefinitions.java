package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Orchestrations with parts. */
final class FamilyDefinitions {

  static final Duration WINDOW = Duration.ofHours(1);
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private FamilyDefinitions() {}

  /** Steps one after the other. */
  static List<Step> chain(Step... steps) {
    List<Step> chain = new ArrayList<>();
    for (Step step : steps) {
      Step last = chain.isEmpty() ? null : chain.get(chain.size() - 1);
      chain.add(after(step, last == null ? List.of() : List.of(last.name())));
    }
    return chain;
  }

  private static Step after(Step step, List<String> names) {
    return new Step(
        step.name(),
        step.seq(),
        names,
        step.when(),
        step.data(),
        step.work(),
        step.attempts(),
        step.undoing(),
        step.goesOn(),
        step.pivot());
  }

  static Orchestration orchestration(String name, Step... steps) {
    return orchestration(name, chain(steps));
  }

  static Orchestration orchestration(String name, List<Step> steps) {
    return Orchestration.of(
        new DefinitionId(name, "0123456789abcdef"),
        GraphType.GRAPH,
        steps,
        null,
        WINDOW,
        null,
        null,
        null);
  }

  static Body body(Step... steps) {
    return new Body(null, GraphType.SEQUENTIAL, chain(steps));
  }

  static Body branch(String name, Step... steps) {
    return new Body(name, GraphType.SEQUENTIAL, chain(steps));
  }

  static Step remote(String name) {
    return remote(name, UndoRule.OWN, 1, false);
  }

  static Step withoutUndo(String name) {
    return remote(name, UndoRule.NONE, 1, false);
  }

  static Step pivot(String name) {
    return remote(name, UndoRule.OWN, 1, true);
  }

  static Step remote(String name, UndoRule undoing, int attempts, boolean pivot) {
    AttemptRules rules =
        new AttemptRules(TIMEOUT, OnTimeout.RETRY, policy(attempts), policy(1_000));
    return step(name, Work.Remote.PLAIN, rules, undoing, false, pivot);
  }

  static Step parts(String name, Work.Parts work) {
    return step(name, work, rules(null, 1), UndoRule.OWN, false, false);
  }

  static Step tolerated(String name, Work.Parts work) {
    return step(name, work, rules(null, 1), UndoRule.OWN, true, false);
  }

  static Step parts(
      String name, Work.Parts work, @Nullable Duration timeout, int attempts, UndoRule undoing) {
    return step(name, work, rules(timeout, attempts), undoing, false, false);
  }

  static Step pivotParts(String name, Work.Parts work, @Nullable Duration timeout) {
    return step(name, work, rules(timeout, 1), UndoRule.OWN, false, true);
  }

  static AttemptRules rules(@Nullable Duration timeout, int attempts) {
    return AttemptRules.ofParts(timeout, OnTimeout.RETRY, policy(attempts));
  }

  static Step step(
      String name, Work work, AttemptRules rules, UndoRule undoing, boolean goesOn, boolean pivot) {
    return new Step(name, 1, List.of(), null, StepData.ALL, work, rules, undoing, goesOn, pivot);
  }

  private static RetryPolicy policy(int attempts) {
    return new RetryPolicy(
        attempts,
        RetryPolicy.Strategy.FIXED,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        0,
        List.of(),
        List.of());
  }

  static Step signal(String name, String signal) {
    return waiting(name, new Work.Signal(signal, null));
  }

  static Step task(String name) {
    return waiting(
        name, new Work.Signal(name, null, new HumanTask("{\"title\":\"do it\"}", null, null)));
  }

  private static Step waiting(String name, Work.Signal signal) {
    return step(
        name, signal, AttemptRules.waiting(null, OnTimeout.UNDO), UndoRule.NONE, false, false);
  }

  static Work.ForEach forEach(int atOnce, Tolerance tolerate, Step... steps) {
    return new Work.ForEach("payload.items", "item", atOnce, tolerate, false, body(steps));
  }

  static Work.FirstOf firstOf(Body... branches) {
    return new Work.FirstOf(Stream.of(branches).toList());
  }

  static Work.Repeat repeat(Duration every, int most, Step... steps) {
    return new Work.Repeat(every, null, null, "round >= 3", most, false, body(steps));
  }
}
