package io.doundo.history.simulation.run;

import static org.assertj.core.api.Assertions.fail;

import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.FlowDecider;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the core under many seeds. {@code -Ddoundo.simulation.seeds=1000000} runs more of them,
 * {@code -Ddoundo.simulation.from} begins elsewhere, {@code -Ddoundo.simulation.seed} runs one and
 * {@code -Ddoundo.simulation.without=3,5} leaves out some of its faults.
 */
class CoreSimulationTest {

  private static final int DEFAULT_SEEDS = 100_000;
  private static final int SEEDS_WITH_FINER_ANSWERS = 20_000;
  private static final int SEEDS_WITH_CONDITIONS = 20_000;
  private static final int SEEDS_WITH_CHOICES = 10_000;
  private static final int SEEDS_WITH_WAITS = 20_000;
  private static final int SEEDS_WITH_BREAKERS = 20_000;
  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  @Test
  void everySeedKeepsEveryInvariant() {
    Long seed = Long.getLong("doundo.simulation.seed");
    if (seed != null) {
      check(seed, leftOut());
      return;
    }
    long seeds = Long.getLong("doundo.simulation.seeds", DEFAULT_SEEDS);
    long began = System.nanoTime();
    checkAll(seeds, Run::of);
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf("%d seeds in %.1f s, %.0f a second%n", seeds, seconds, seeds / seconds);
  }

  /** The same seeds with workers that also find steps unchanged and request pauses. */
  @Test
  void everySeedWithFinerAnswersKeepsEveryInvariant() {
    checkAll(
        Long.getLong("doundo.simulation.finer", SEEDS_WITH_FINER_ANSWERS),
        seed -> Run.of(seed).withFinerAnswers());
  }

  /** The same seeds with conditions, and with steps that the orchestrator evaluates itself. */
  @Test
  void everySeedWithConditionsKeepsEveryInvariant() {
    checkAll(
        Long.getLong("doundo.simulation.conditions", SEEDS_WITH_CONDITIONS),
        seed -> Run.of(seed).withConditions());
  }

  /** The same with choices, and with edges that carry no results. */
  @Test
  void everySeedWithChoicesKeepsEveryInvariant() {
    checkAll(
        Long.getLong("doundo.simulation.choices", SEEDS_WITH_CHOICES),
        seed -> Run.of(seed).withChoices());
  }

  /** The same with steps that wait for a time or a signal, and with signals of all kinds. */
  @Test
  void everySeedWithWaitsKeepsEveryInvariant() {
    checkAll(
        Long.getLong("doundo.simulation.waits", SEEDS_WITH_WAITS),
        seed -> Run.of(seed).withWaits());
  }

  /** The same seeds with breakers that hold back commands; every second one also with waits. */
  @Test
  void everySeedWithBreakersKeepsEveryInvariant() {
    checkAll(
        Long.getLong("doundo.simulation.breakers", SEEDS_WITH_BREAKERS),
        seed ->
            seed % 2 == 0 ? Run.of(seed).withBreakers() : Run.of(seed).withWaits().withBreakers());
  }

  /** Seeds that once revealed a defect, of the core or of the simulator. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        11_912, 147_574, 313_325, 332_568, 530_486, 540_906, 555_278, 557_684, 693_752, 829_783,
        841_153
      })
  void seedThatFailedOnce(long seed) {
    check(seed, new BitSet());
  }

  @ParameterizedTest
  @ValueSource(longs = {147_574})
  void seedWithFinerAnswersThatFailedOnce(long seed) {
    check(Run.of(seed).withFinerAnswers());
  }

  @ParameterizedTest
  @ValueSource(longs = {269_202})
  void seedWithConditionsThatFailedOnce(long seed) {
    check(Run.of(seed).withConditions());
  }

  @ParameterizedTest
  @ValueSource(longs = {2_516, 5_708})
  void seedWithBreakersThatFailedOnce(long seed) {
    check(Run.of(seed).withBreakers());
    check(Run.of(seed).withWaits().withBreakers());
  }

  private static BitSet leftOut() {
    BitSet without = new BitSet();
    @Nullable String numbers = System.getProperty("doundo.simulation.without");
    if (numbers != null && !numbers.isBlank()) {
      for (String number : numbers.split(",", -1)) {
        without.set(Integer.parseInt(number.trim()));
      }
    }
    return without;
  }

  /** Seeds know nothing of each other, so they run side by side; the first that fails is told. */
  private static void checkAll(long seeds, LongFunction<Run> runs) {
    long from = Long.getLong("doundo.simulation.from", 0);
    LongStream.range(from, from + seeds)
        .parallel()
        .mapToObj(runs)
        .filter(CoreSimulationTest::fails)
        .findFirst()
        .ifPresent(CoreSimulationTest::report);
  }

  private static boolean fails(Run run) {
    return Simulation.run(DECIDER::decide, run).violation() != null;
  }

  private static void check(long seed, BitSet without) {
    check(Run.of(seed).without(without));
  }

  private static void check(Run run) {
    if (fails(run)) {
      report(run);
    }
  }

  private static void report(Run run) {
    fail(SeedReport.of(DECIDER::decide, run).text());
  }
}
