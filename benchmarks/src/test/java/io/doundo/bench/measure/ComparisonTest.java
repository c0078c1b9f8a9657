package io.doundo.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.BuildComparison.ComparedFigure;
import io.doundo.bench.measure.BuildComparison.ComparedPair;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Measurement;
import io.doundo.bench.report.ComparisonReport;
import io.doundo.bench.stack.SteadyState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  @Test
  void onlyTheRatiosInsideThePairsCount() {
    // The machine becomes twice as fast during the runs; B costs a tenth more in every pair.
    ComparedFigure cpu = line(comparison(100, 110, 50, 55, 80, 88), "CPU µs/flow, orchestrator");

    assertThat(cpu.a()).isEqualTo(80);
    assertThat(cpu.b()).isEqualTo(88);
    assertThat(cpu.ratio().median()).isEqualTo(1.1);
    assertThat(cpu.claim(0.03, true)).isEqualTo("10.0 % more");
  }

  @Test
  void withinIsTheMedianOfTheRatios() {
    assertThat(orchestrator(100, 102, 100, 101, 100, 102.5).claim(0.03, true))
        .isEqualTo("within 3 %");
    assertThat(orchestrator(100, 96, 100, 95, 100, 97).claim(0.03, true)).isEqualTo("4.0 % less");
    assertThat(orchestrator(100, 101, 100, 101).claim(0.025, true)).isEqualTo("within 2.5 %");
  }

  @Test
  void nothingIsClaimedWhileTheMedianMayBeOnEitherSideOfTheLimit() {
    assertThat(orchestrator(100, 98, 100, 100, 100, 104).claim(0.03, true))
        .isEqualTo("not claimed: between -2.0 and +4.0 %");
    assertThat(orchestrator(100, 96, 100, 95, 100, 98).claim(0.03, true))
        .isEqualTo("not claimed: between -5.0 and -2.0 %");
  }

  /** The places of the 95 % interval as in tables of order statistics. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 1, 5", "6, 1, 6", "9, 2, 8", "20, 6, 15", "50, 18, 33", "100, 40, 61"})
  void theMoreValuesTheNarrowerTheIntervalOfTheMedian(int values, double from, double to) {
    Spread spread =
        Spread.of(IntStream.rangeClosed(1, values).mapToObj(value -> (double) value).toList());

    assertThat(spread.from()).isEqualTo(from);
    assertThat(spread.to()).isEqualTo(to);
    assertThat(spread.most()).isEqualTo(values);
  }

  @Test
  void fewPairsThatAreFarOffDoNotHideAClaim() {
    double[] micros = new double[40];
    for (int i = 0; i < micros.length; i += 2) {
      micros[i] = 100;
      micros[i + 1] = i < 6 ? 150 : i < 12 ? 60 : 98 + i % 5;
    }

    assertThat(orchestrator(micros).claim(0.03, true)).isEqualTo("within 3 %");
  }

  @Test
  void nothingIsClaimedOfWhatIsNotWarm() {
    assertThat(orchestrator(100, 100, 100, 100).claim(0.03, false))
        .isEqualTo("not claimed: still warming up");
  }

  @Test
  void theDriverIsNotCountedAndCompilersAreSeparate() {
    BuildComparison comparison = comparison(100, 110);

    assertThat(comparison.lines())
        .extracting(ComparedFigure::figure)
        .containsExactly(
            "flows/s",
            "CPU µs/flow, broker",
            "without compilers, broker",
            "CPU µs/flow, driver",
            "CPU µs/flow, orchestrator",
            "without compilers, orchestrator",
            "CPU µs/flow, all",
            "without compilers, all");
    assertThat(line(comparison, "CPU µs/flow, all").a()).isEqualTo(150);
    assertThat(line(comparison, "without compilers, orchestrator").a()).isEqualTo(90);
    assertThat(line(comparison, "without compilers, all").b()).isEqualTo(145);
  }

  @Test
  void theSharesOfCompilersAndCollectorsAreThoseOfTheBuildsTheyBelongTo() {
    BuildComparison comparison = comparison(100, 200, 50, 200, 100, 250);

    assertThat(comparison.shares(ComparedPair::a, CpuParts::compilers))
        .isEqualTo(Map.of("broker", 0.1, "orchestrator", 0.1, "all", 0.1));
    assertThat(comparison.shares(ComparedPair::b, CpuParts::compilers))
        .isEqualTo(Map.of("broker", 0.1, "orchestrator", 0.05, "all", 0.06));
    assertThat(comparison.shares(ComparedPair::b, CpuParts::collector))
        .containsEntry("orchestrator", 0.1);
    assertThat(report(comparison).lines())
        .contains(
            "Compilers took of the CPU time, in A: broker 10.0 %, orchestrator 10.0 %, all 10.0 %",
            "                                in B: broker 10.0 %, orchestrator 5.0 %, all 6.0 %");
    assertThat(
            report(comparison)
                .json()
                .path("comparisons")
                .path(0)
                .path("compilersShare")
                .path("b")
                .path("orchestrator")
                .asDouble())
        .isEqualTo(0.05);
  }

  @Test
  void theReportSaysThatTheTimeIsNotSplitWhereItIsNot() {
    Measurement plain = new Measurement(100, Map.of("broker", 50.0), Map.of(), Map.of());
    BuildComparison comparison =
        new BuildComparison(
            Mode.ENGINE,
            Scenario.SEQUENTIAL,
            Scenario.SEQUENTIAL,
            1_000,
            new BuildComparison.Warmth(new SteadyState(), new SteadyState()),
            List.of(new ComparedPair(plain, plain)));

    assertThat(report(comparison).lines())
        .contains("CPU time is not split by threads: this system has no /proc with them.");
    assertThat(comparison.lines())
        .extracting(ComparedFigure::figure)
        .containsExactly("flows/s", "CPU µs/flow, broker", "CPU µs/flow, all");
  }

  @Test
  void theReportSaysWhyInstructionsAreMissingAndThatItIsNotWarm() {
    ComparisonReport report = report(comparison(100, 110));

    assertThat(report.isWarm()).isFalse();
    assertThat(String.join("\n", report.lines()))
        .contains(
            "Instructions are not counted: perf is not installed",
            "not claimed: still warming up",
            "B was not known to be warm");
    assertThat(report.json().path("comparisons").path(0).path("warm").asBoolean(true)).isFalse();
  }

  private static ComparisonReport report(BuildComparison comparison) {
    return new ComparisonReport(
        "2 cores",
        "base",
        "current",
        0.03,
        Optional.of("perf is not installed"),
        List.of(comparison));
  }

  private static ComparedFigure orchestrator(double... micros) {
    return line(comparison(micros), "CPU µs/flow, orchestrator");
  }

  private static ComparedFigure line(BuildComparison comparison, String figure) {
    return comparison.lines().stream()
        .filter(line -> line.figure().equals(figure))
        .findFirst()
        .orElseThrow();
  }

  /** The CPU time of an orchestrator per flow, for A and B in turns. */
  private static BuildComparison comparison(double... micros) {
    List<ComparedPair> pairs = new ArrayList<>();
    for (int i = 0; i < micros.length; i += 2) {
      pairs.add(new ComparedPair(measured(micros[i]), measured(micros[i + 1])));
    }
    return new BuildComparison(
        Mode.ENGINE,
        Scenario.SEQUENTIAL,
        Scenario.SEQUENTIAL,
        1_000,
        new BuildComparison.Warmth(new SteadyState(), new SteadyState()),
        pairs);
  }

  private static Measurement measured(double micros) {
    return new Measurement(
        1e6 / micros,
        sorted(Map.of("broker", 50.0, "driver", 20.0, "orchestrator", micros)),
        new TreeMap<>(
            Map.of(
                "broker",
                CpuParts.of(50, 5, 2, 43),
                "orchestrator",
                CpuParts.of(micros, 10, 20, micros - 30))),
        Map.of());
  }

  private static Map<String, Double> sorted(Map<String, Double> figures) {
    return new TreeMap<>(figures);
  }
}
