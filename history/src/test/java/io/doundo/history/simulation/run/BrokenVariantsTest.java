package io.doundo.history.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.FlowDecider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the invariants: each way to break the core, the engine, the fence or a worker is caught by
 * the invariant meant for it.
 */
class BrokenVariantsTest {

  /** The number of seeds within which each is caught; most need fewer than a hundred. */
  private static final int SEEDS = 40_000;

  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  @ParameterizedTest
  @EnumSource
  void brokenCoreIsCaught(BrokenCore broken) {
    requireCaught(broken);
  }

  @ParameterizedTest
  @EnumSource
  void brokenWaitsAreCaught(BrokenWaits broken) {
    requireCaught(broken);
  }

  @ParameterizedTest
  @EnumSource
  void brokenHoldsAreCaught(BrokenHolds broken) {
    requireCaught(broken);
  }

  private static void requireCaught(BrokenVariant broken) {
    Core core =
        (definition, state, event) -> broken.decide(DECIDER::decide, definition, state, event);
    assertThat(caught(core, Set.of(), broken.caughtBy(), broken::shows))
        .contains(broken.caughtBy());
  }

  @ParameterizedTest
  @EnumSource
  void brokenRuleIsCaught(BrokenRule broken) {
    assertThat(caught(DECIDER::decide, Set.of(broken), broken.caughtBy(), run -> run))
        .contains(broken.caughtBy());
  }

  @Test
  void everyInvariantOfTheCheckerHasAVariantThatItCatches() {
    Set<String> catching = new TreeSet<>();
    variants().map(BrokenVariant::caughtBy).forEach(catching::add);
    Stream.of(BrokenRule.values()).map(BrokenRule::caughtBy).forEach(catching::add);
    assertThat(catching)
        .containsAll(IntStream.rangeClosed(1, 12).mapToObj(number -> "I" + number).toList())
        .contains("I15", "I16", "I17");
  }

  private static Stream<BrokenVariant> variants() {
    return Stream.of(BrokenCore.values(), BrokenWaits.values(), BrokenHolds.values())
        .flatMap(Stream::of);
  }

  /** The document names every variant with the invariant that catches it. */
  @Test
  void everyVariantIsDocumented() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "reliability.md"));
    List<String> rows = new ArrayList<>();
    variants().forEach(broken -> rows.add("| `" + broken + "` | " + broken.caughtBy() + " |"));
    for (BrokenRule broken : BrokenRule.values()) {
      rows.add("| `" + broken + "` | " + broken.caughtBy() + " |");
    }
    assertThat(document).contains(rows);
  }

  private static Set<String> caught(
      Core core, Set<BrokenRule> rules, String wanted, UnaryOperator<Run> mode) {
    Set<String> caught = new TreeSet<>();
    for (long seed = 0; seed < SEEDS && !caught.contains(wanted); seed++) {
      Run run = mode.apply(new Run(seed, rules, new BitSet()));
      Violation violation = Simulation.run(core, run).violation();
      if (violation != null) {
        caught.addAll(violation.all());
      }
    }
    return caught;
  }
}
