package io.doundo.history.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.invariant.ForecastsHold;
import io.doundo.history.simulation.invariant.ForecastsHold.Counts;
import io.doundo.history.simulation.run.Simulation.Outcome;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.FlowDecider;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares dry runs and undo plans with what then happens, in flows that meet every fault. {@code
 * -Ddoundo.simulation.forecasts=1000000} runs more seeds.
 */
class ForecastSimulationTest {

  private static final int DEFAULT_SEEDS = 4_000;
  private static final int SEEDS_OF_A_BROKEN_CORE = 2_000;
  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  @Test
  void whatIsForeseenHappens() {
    Counts counts = check(run -> run);
    assertThat(counts.wholeRequests).isGreaterThan(DEFAULT_SEEDS / 4);
    assertThat(counts.wholePlans).isGreaterThan(DEFAULT_SEEDS / 200);
    assertThat(counts.coursesOfPlans).isGreaterThan(DEFAULT_SEEDS / 20);
  }

  @Test
  void whatIsForeseenOfConditionsHappens() {
    check(Run::withConditions);
  }

  @Test
  void whatIsForeseenOfChoicesHappens() {
    check(Run::withChoices);
  }

  @Test
  void whatIsForeseenOfWaitsHappens() {
    check(Run::withWaits);
  }

  /** Seeds whose forecast was once wrong. */
  @ParameterizedTest
  @ValueSource(longs = {15_734})
  void seedThatFailedOnce(long seed) {
    assertThat(violation(DECIDER::decide, Run.of(seed), new Counts())).isNull();
  }

  private static Counts check(UnaryOperator<Run> mode) {
    Counts counts = new Counts();
    int seeds = Integer.getInteger("doundo.simulation.forecasts", DEFAULT_SEEDS);
    long began = System.nanoTime();
    for (int seed = 0; seed < seeds; seed++) {
      Run run = mode.apply(Run.of(seed));
      if (violation(DECIDER::decide, run, counts) != null) {
        Outcome told = outcome(DECIDER::decide, run, true, new Counts());
        fail("seed %d: %s%n%s".formatted(seed, told.violation(), told.story()));
      }
    }
    System.out.printf(
        "%d seeds in %.1f s: %d requests, %d of them to their end; %d plans, %d of them to their end;"
            + " %d times every verb, %d plans played%n",
        seeds,
        (System.nanoTime() - began) / 1e9,
        counts.requests,
        counts.wholeRequests,
        counts.plans,
        counts.wholePlans,
        counts.tables,
        counts.coursesOfPlans);
    return counts;
  }

  /** A core that deviates from the forecast is detected. */
  @ParameterizedTest
  @EnumSource(
      value = BrokenCore.class,
      names = {
        "UNDOES_IN_FORWARD_ORDER",
        "FORGETS_THE_GRAPH_ON_THE_WAY_BACK",
        "LEAVES_STEPS_IN_DOUBT",
        "SENDS_UNDO_BEFORE_ITS_TURN_IS_COMMITTED"
      })
  void anotherDecisionThanTheForecastIsCaught(BrokenCore broken) {
    Core core =
        (definition, state, event) -> broken.decide(DECIDER::decide, definition, state, event);
    boolean caught = false;
    for (int seed = 0; seed < SEEDS_OF_A_BROKEN_CORE && !caught; seed++) {
      Violation violation = violation(core, Run.of(seed), new Counts());
      caught = violation != null && violation.invariant().equals("forecast");
    }
    assertThat(caught).isTrue();
  }

  private static @Nullable Violation violation(Core core, Run run, Counts counts) {
    return outcome(core, run, false, counts).violation();
  }

  private static Outcome outcome(Core core, Run run, boolean told, Counts counts) {
    return Simulation.watched(
        core, run, told, scene -> new ForecastsHold(scene, core, counts, (int) (run.seed() % 32)));
  }
}
