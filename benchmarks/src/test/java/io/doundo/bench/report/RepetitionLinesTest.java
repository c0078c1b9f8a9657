package io.doundo.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.Throughput;
import io.doundo.bench.measure.Throughput.ThroughputPair;
import io.doundo.bench.measure.Throughput.ThroughputSample;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Figure;
import io.doundo.bench.process.Figure.Kind;
import io.doundo.launcher.text.Terminal;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RepetitionLinesTest {

  private final Terminal terminal = Terminal.ofThisProcess();

  @Test
  void twoGroupsAreNamedWithWhatDiffersBetweenThem() {
    List<String> lines =
        RepetitionLines.groups(throughput(1_640, 2_887, 1_671, 2_700, 1_600, 2_810), terminal);

    assertThat(lines.get(0))
        .isEqualTo(
            "full, sequential: 6 repetitions fall into two groups: 3 of 1,600 to 1,671 flows/s and"
                + " 3 of 2,700 to 2,887; the gap is 1.62 times. In their order: slower, faster,"
                + " slower, faster, slower, faster.");
    assertThat(lines)
        .anyMatch(
            line -> line.matches("batches +broker: requests +2\\.0\\d\\d +1\\.0\\d\\d +4\\d %"))
        .anyMatch(line -> line.matches("machine +nothing"))
        .noneMatch(line -> line.contains("by chance"));
  }

  @Test
  void ofFewRepetitionsNothingIsClaimed() {
    assertThat(RepetitionLines.groups(throughput(1_640, 2_887, 1_671), terminal))
        .contains("So few repetitions may differ by chance: run at least 6 (--repeat).");
    assertThat(RepetitionLines.groups(throughput(1_640, 2_887), terminal))
        .containsExactly("full, sequential: of fewer than 3 repetitions, groups cannot be told.");
  }

  @Test
  void oneGroupIsCalledOne() {
    assertThat(RepetitionLines.groups(throughput(1_640, 1_700, 1_671), terminal))
        .containsExactly(
            "full, sequential: 3 repetitions are one group, of 1,640 to 1,700 flows/s; the largest"
                + " gap is 1.02 times.");
  }

  @Test
  void theTableOfFiguresHasAColumnForEachRepetition() {
    List<String> lines = RepetitionLines.figures(throughput(1_640, 2_887, 1_671), terminal);

    assertThat(lines.get(0)).matches("REPETITIONS, full +FIGURE, sequential +1 +2 +3");
    assertThat(lines)
        .anyMatch(line -> line.matches(" +flows/s +1,640 +2,887 +1,671"))
        .anyMatch(line -> line.matches(" +limit just before: flows/s +40,000 +40,000 +40,000"))
        .anyMatch(line -> line.matches("batches +broker: requests +2\\.\\d+ +1\\.\\d+ +2\\.\\d+"))
        .anyMatch(line -> line.matches(" +flows/s while part 2 of 2 ended +1,640 +2,887 +1,671"));
  }

  @Test
  void cpuTimeIsSplitOrTheReportSaysThatItIsNot() {
    assertThat(RepetitionLines.cpu(List.of(throughput(1_640, 1_700, 1_671)), terminal))
        .anyMatch(
            line ->
                line.matches(
                    "full +sequential +broker +300\\.0 +60\\.0 +15\\.0 +220\\.0 +5\\.0 +240\\.0"))
        .anyMatch(line -> line.contains("limit: broker"));
    ThroughputSample plain =
        new ThroughputSample(100, Map.of("broker", 10.0), Map.of(), List.of(), List.of(100.0));
    assertThat(
            RepetitionLines.cpu(
                List.of(
                    new Throughput(
                        Mode.FULL,
                        Scenario.SEQUENTIAL,
                        10,
                        List.of(new ThroughputPair(plain, plain)))),
                terminal))
        .containsExactly(RepetitionLines.NOT_SPLIT);
  }

  /** The faster a repetition, the fewer requests; the machine is always the same. */
  private static Throughput throughput(double... rates) {
    return new Throughput(
        Mode.FULL,
        Scenario.SEQUENTIAL,
        1_000,
        DoubleStream.of(rates)
            .mapToObj(rate -> new ThroughputPair(sample(40_000, 0.1), sample(rate, requests(rate))))
            .toList());
  }

  private static double requests(double rate) {
    return rate < 2_000 ? 2 + rate / 1e5 : 1 + rate / 1e5;
  }

  private static ThroughputSample sample(double rate, double requests) {
    return new ThroughputSample(
        rate,
        Map.of("broker", 300.0),
        Map.of("broker", CpuParts.of(300, 60, 15, 220)),
        List.of(
            new Figure(Kind.BATCHES, "broker: requests", requests),
            new Figure(Kind.MACHINE, "machine: % stolen", 0.5)),
        List.of(rate, rate));
  }
}
