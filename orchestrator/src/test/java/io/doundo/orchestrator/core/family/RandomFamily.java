package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Draws an orchestration with parts in parts, and how many items and rounds each step has. */
final class RandomFamily {

  private static final int DEEPEST = 3;
  private static final int MOST_ITEMS = 5;
  private static final int MOST_ROUNDS = 3;

  /** What the steps wait for that wait for a signal. */
  static final String SIGNAL = "go";

  private final Random dice;
  private final Map<String, Integer> sizes = new HashMap<>();
  private int names;

  RandomFamily(Random dice) {
    this.dice = dice;
  }

  private boolean chance(int percent) {
    return dice.nextInt(100) < percent;
  }

  private String name() {
    names++;
    return "s" + names;
  }

  /** The number of items, or rounds, of the step with this name. */
  int sizeOf(String step) {
    return sizes.getOrDefault(step, 1);
  }

  /** An orchestration that the steps of another one can run. */
  Orchestration other() {
    return FamilyDefinitions.orchestration("other", body(null, DEEPEST, false).steps());
  }

  Orchestration draw() {
    List<Step> steps = new ArrayList<>(body(null, 0, false).steps());
    if (chance(30)) {
      // Steps that run at the same time: one may turn the flow while parts of another run.
      Step beside = chance(50) ? remote(false) : parts(1, false);
      steps.add(beside);
      if (chance(30)) {
        // Parts wait for a signal of its name, and get none.
        steps.add(FamilyDefinitions.task(SIGNAL));
      }
    } else if (chance(20)) {
      Step last = steps.get(steps.size() - 1);
      Step pivot = chance(50) ? FamilyDefinitions.pivot(name()) : pivotParts();
      steps.add(after(pivot, last.name()));
    }
    return FamilyDefinitions.orchestration("order", steps);
  }

  private static Step after(Step step, String name) {
    return FamilyDefinitions.chain(FamilyDefinitions.remote(name), step).get(1);
  }

  private Step pivotParts() {
    Step charge = FamilyDefinitions.pivot(name());
    Body body = FamilyDefinitions.body(remote(false), charge, remote(false));
    Duration timeout = chance(40) ? timeout() : null;
    return FamilyDefinitions.pivotParts(name(), new Work.Do(body), timeout);
  }

  private Duration timeout() {
    return Duration.ofSeconds(1 + dice.nextInt(40));
  }

  private Body body(@Nullable String branch, int depth, boolean owesNothing) {
    Step[] steps = new Step[1 + dice.nextInt(2)];
    for (int i = 0; i < steps.length; i++) {
      boolean isRemote = owesNothing || depth >= DEEPEST || chance(depth == 0 ? 25 : 60);
      steps[i] = isRemote ? remote(owesNothing) : parts(depth + 1, false);
    }
    return new Body(branch, GraphType.SEQUENTIAL, FamilyDefinitions.chain(steps));
  }

  private Step remote(boolean owesNothing) {
    if (chance(10)) {
      return FamilyDefinitions.signal(name(), SIGNAL);
    }
    UndoRule undoing = owesNothing || chance(10) ? UndoRule.NONE : UndoRule.OWN;
    return FamilyDefinitions.remote(name(), undoing, 1 + dice.nextInt(2), false);
  }

  private Step parts(int depth, boolean owesNothing) {
    String name = name();
    Work.Parts work =
        switch (dice.nextInt(6)) {
          case 0 -> new Work.Do(body(null, depth, owesNothing));
          case 1 -> new Work.Flow("other");
          case 2 -> firstOf(depth);
          case 3 -> repeat(name, depth);
          default -> forEach(name, depth);
        };
    AttemptRules rules =
        AttemptRules.ofParts(
            chance(25) ? timeout() : null,
            chance(80) ? OnTimeout.RETRY : OnTimeout.UNDO,
            FamilyDefinitions.rules(null, 1 + dice.nextInt(2)).retry());
    boolean isEndless = work instanceof Work.Repeat repeat && repeat.isEndless();
    UndoRule undoing = isEndless || chance(12) ? UndoRule.NONE : UndoRule.OWN;
    return FamilyDefinitions.step(name, work, rules, undoing, chance(20), false);
  }

  private Work.FirstOf firstOf(int depth) {
    List<Body> branches = new ArrayList<>();
    int size = 2 + dice.nextInt(2);
    for (int i = 0; i < size; i++) {
      branches.add(body("b" + i, depth, false));
    }
    return new Work.FirstOf(branches);
  }

  private Work.Repeat repeat(String name, int depth) {
    sizes.put(name, 1 + dice.nextInt(MOST_ROUNDS));
    boolean isEndless = chance(25);
    return new Work.Repeat(
        chance(50) ? Duration.ZERO : Duration.ofSeconds(20),
        null,
        null,
        "true",
        isEndless ? 0 : 2 + dice.nextInt(2),
        false,
        body(null, isEndless ? DEEPEST : depth, isEndless));
  }

  private Work.ForEach forEach(String name, int depth) {
    sizes.put(name, dice.nextInt(MOST_ITEMS));
    Tolerance tolerate =
        switch (dice.nextInt(3)) {
          case 0 -> Tolerance.NONE;
          case 1 -> new Tolerance(1, false);
          default -> new Tolerance(50, true);
        };
    return new Work.ForEach(
        "payload.items", "item", 1 + dice.nextInt(3), tolerate, false, body(null, depth, false));
  }
}
