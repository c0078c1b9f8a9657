package io.doundo.history.simulation;

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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws definitions that the compiler would accept, with short timeouts and few attempts. */
public final class RandomDefinitions {

  /** Errors that a worker may report; the patterns of the policies match them. */
  public static final List<String> ERRORS = List.of("transient: busy", "fatal: refused", "thrown");

  private static final DefinitionId ID = new DefinitionId("order", "0123456789abcdef");
  private static final String[] NAMES = {"a", "b", "c", "d", "e", "f"};
  private static final List<String> NO_PATTERN = List.of();
  private static final List<String> FATAL = List.of("fatal");
  private static final List<String> TRANSIENT = List.of("transient");

  private final Dice dice;

  public RandomDefinitions(Dice dice) {
    this.dice = dice;
  }

  public Orchestration draw() {
    GraphType type = dice.pick(GraphType.values());
    int size = dice.chance(150) ? dice.between(4, NAMES.length) : dice.between(1, 3);
    boolean[][] above = new boolean[size][];
    List<List<String>> edges = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      edges.add(edges(type, i, above));
    }
    boolean withPivot = dice.chance(300);
    boolean[] afterPivot = new boolean[size];
    List<Step> steps = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        afterPivot[i] |= above[i][j] && (afterPivot[j] || steps.get(j).pivot());
      }
      boolean pivot = withPivot && runsAlone(i, above) && dice.chance(400);
      steps.add(step(i, edges.get(i), pivot, afterPivot[i]));
    }
    Duration timeout = dice.chance(200) ? Duration.ofMillis(dice.between(100, 2_000)) : null;
    return Orchestration.of(
        ID, type, steps, timeout, Duration.ofHours(1), null, null, "simulation");
  }

  /** The definition with most of its workers' steps behind a breaker. */
  public Orchestration withBreakers(Orchestration definition) {
    return Orchestration.of(
        definition.id(),
        definition.type(),
        definition.steps().stream()
            .map(step -> step.isOutside() && dice.chance(700) ? step.withBreaker("partner") : step)
            .toList(),
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        definition.description(),
        definition.initiator());
  }

  /** The same steps with other timeouts and policies, as a second version may have. */
  public Orchestration anotherVersion(Orchestration definition) {
    List<Step> steps = new ArrayList<>(definition.steps().size());
    for (Step step : definition.steps()) {
      steps.add(
          new Step(
              step.name(),
              step.seq(),
              step.dependsOn(),
              step.after(),
              step.guard(),
              step.when(),
              step.data(),
              step.work(),
              attempts(step.onTimeout()),
              step.undoing(),
              step.goesOn(),
              step.pivot(),
              step.breaker()));
    }
    return Orchestration.of(
        new DefinitionId("order", "fedcba9876543210"),
        definition.type(),
        steps,
        dice.chance(200) ? Duration.ofMillis(dice.between(100, 2_000)) : null,
        definition.undoWindow(),
        null,
        null,
        "simulation");
  }

  private List<String> edges(GraphType type, int step, boolean[][] above) {
    above[step] = new boolean[step];
    List<String> edges = new ArrayList<>(step);
    for (int j = 0; j < step; j++) {
      boolean edge =
          switch (type) {
            case SEQUENTIAL -> j == step - 1;
            case PARALLEL -> false;
            case GRAPH -> dice.chance(450);
          };
      if (edge) {
        edges.add(NAMES[j]);
        above[step][j] = true;
        for (int k = 0; k < j; k++) {
          above[step][k] |= above[j][k];
        }
      }
    }
    return edges;
  }

  private static boolean runsAlone(int step, boolean[][] above) {
    for (int other = 0; other < above.length; other++) {
      boolean ordered = other < step ? above[step][other] : other == step || above[other][step];
      if (!ordered) {
        return false;
      }
    }
    return true;
  }

  private Step step(int index, List<String> dependsOn, boolean pivot, boolean afterPivot) {
    int timeouts = dice.below(10);
    OnTimeout onTimeout =
        timeouts < 7 || (timeouts == 7 && afterPivot)
            ? OnTimeout.RETRY
            : timeouts == 7 ? OnTimeout.UNDO : OnTimeout.ESCALATE;
    boolean undoable = !dice.chance(100);
    AttemptRules attempts = attempts(onTimeout);
    UndoRule undoing = undoable ? new UndoRule.Own(dice.chance(120)) : UndoRule.NONE;
    boolean committed = dice.chance(120);
    return new Step(
        NAMES[index],
        index + 1,
        dependsOn,
        new Work.Remote(committed, false, null, Map.of(), null),
        attempts,
        undoing,
        pivot);
  }

  private AttemptRules attempts(OnTimeout onTimeout) {
    return new AttemptRules(
        Duration.ofMillis(dice.between(60, 400)), onTimeout, policy(), policy());
  }

  private RetryPolicy policy() {
    return new RetryPolicy(
        dice.between(1, 3),
        dice.pick(RetryPolicy.Strategy.values()),
        Duration.ofMillis(dice.below(150)),
        Duration.ofMillis(200),
        dice.below(6) / 10.0,
        dice.chance(60) ? TRANSIENT : NO_PATTERN,
        dice.chance(60) ? FATAL : NO_PATTERN);
  }

  /** The definition in a few lines. */
  public static String describe(Orchestration definition) {
    StringBuilder text = new StringBuilder("definition ").append(definition.type());
    if (definition.timeout() != null) {
      text.append(", timeout ").append(millis(definition.timeout()));
    }
    for (Step step : definition.steps()) {
      text.append("\n  ").append(step.name()).append(" after ").append(step.dependsOn());
      text.append(", timeout ").append(millis(step.timeout()));
      text.append(" then ").append(step.onTimeout());
      text.append(", DO ").append(describe(step.retry()));
      text.append(", UNDO ").append(step.undoable() ? describe(step.undoRetry()) : "none");
      text.append(step.when() == null ? "" : ", on a condition");
      text.append(step.work() instanceof Work.Remote ? "" : ", kind: " + step.work().kind());
      text.append(step.guard() == null ? "" : ", in " + step.guard());
      text.append(step.after().isEmpty() ? "" : ", only behind " + step.after());
      text.append(step.pivot() ? ", pivot" : "");
      text.append(step.breaker() == null ? "" : ", behind a breaker");
      text.append(isCommitted(step) ? ", committed" : "");
      text.append(step.undoFailed() ? ", undoFailed" : "");
    }
    return text.toString();
  }

  public static boolean isCommitted(Step step) {
    return step.isCommitted();
  }

  private static String describe(RetryPolicy policy) {
    return policy.maxAttempts()
        + "x "
        + policy.strategy()
        + ' '
        + millis(policy.delay())
        + (policy.retryOn().isEmpty() ? "" : " retryOn " + policy.retryOn())
        + (policy.abortOn().isEmpty() ? "" : " abortOn " + policy.abortOn());
  }

  private static String millis(@Nullable Duration duration) {
    return duration == null ? "-" : duration.toMillis() + "ms";
  }
}
