package io.doundo.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.Latency.LatencySample;
import io.doundo.bench.measure.PeerResult;
import io.doundo.bench.measure.PeerResult.PeerFigures;
import io.doundo.bench.measure.PeerResult.PeerThroughput;
import io.doundo.bench.peer.Peer;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.WarmUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The figures of other engines as a table, as JSON and on the page. */
class PeerReportTest {

  @TempDir Path directory;

  @Test
  void aTableHasTheFiguresOfAllSideBySide() {
    List<String> lines = report(4_800, 400).lines();

    assertThat(line(lines, "doundo ")).contains("10,000", "4,800", "1.000", "2,400", "500", "250");
    assertThat(line(lines, "restate ")).contains("256", "400", "0.083", "200", "12.0", "30.0");
    assertThat(lines)
        .anyMatch(line -> line.contains("promises: keeps it"))
        .anyMatch(line -> line.contains("does not promise: leaves it"))
        .anyMatch(line -> line.contains("server: 1.2.3"));
  }

  @Test
  void aSystemWithoutFiguresSaysWhy() {
    PeerReport report = report(4_800, 400);

    assertThat(line(report.lines(), "dbos ")).doesNotContainPattern("\\d");
    assertThat(report.lines()).contains("  not measured. mvn is not in PATH.");
    assertThat(report.isComplete()).isFalse();
  }

  @Test
  void theProductIsToReachTwelveTimesRestate() {
    assertThat(report(4_800, 400).lines())
        .contains(
            "full, times Restate's throughput with remote steps: 12.00, asked at least 12.00: yes");
    assertThat(report(4_799, 400).lines())
        .anyMatch(line -> line.endsWith("asked at least 12.00: NO"));
  }

  @Test
  void theDriverIsNotPartOfASystem() {
    assertThat(line(report(4_800, 400).lines(), "doundo ")).doesNotContain("999");
  }

  @Test
  void theJsonHasEverySample() {
    JsonNode systems = report(4_800, 400).json().path("peers");

    JsonNode restate = systems.path(1);
    assertThat(restate.path("system").asString()).isEqualTo("restate");
    assertThat(restate.path("success").path("flowsPerSecond").path("median").asDouble())
        .isEqualTo(400);
    assertThat(restate.path("undo").path("samples")).hasSize(1);
    assertThat(restate.path("latency").path("p99").path("median").asDouble()).isEqualTo(30);
    assertThat(restate.path("facts").path("server").asString()).isEqualTo("1.2.3");
    assertThat(systems.path(2).path("problem").asString()).contains("mvn is not in PATH");
  }

  @Test
  void thePageHasAPlotOfEachFigure() throws Exception {
    new ResultFiles(directory).write("peers", report(4_800, 400).json());

    assertThat(Files.readString(directory.resolve("index.html")))
        .contains("Three steps, flows/s", "The third fails, two are undone, flows/s")
        .contains("<rect class=\"product\"", ">4,800<", ">400<", ">not measured<")
        .contains("does not promise</td><td>leaves it");
  }

  private static String line(List<String> lines, String beginning) {
    return lines.stream().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  private static PeerReport report(double ours, double theirs) {
    return new PeerReport(
        Instant.EPOCH,
        "2 cores",
        settings(),
        List.of(
            result("doundo", Optional.of(figures(10_000, ours)), Optional.empty()),
            result("restate", Optional.of(figures(256, theirs)), Optional.empty()),
            result("dbos", Optional.empty(), Optional.of("not measured. mvn is not in PATH."))));
  }

  private static PeerResult result(
      String system, Optional<PeerFigures> figures, Optional<String> problem) {
    return new PeerResult(
        system,
        new Peer.PeerPromises("keeps it", "leaves it"),
        Map.of("server", "1.2.3"),
        figures,
        problem);
  }

  private static PeerFigures figures(int inFlight, double flowsPerSecond) {
    return new PeerFigures(
        inFlight,
        1_000,
        "warm",
        throughput(Scenario.SEQUENTIAL, flowsPerSecond),
        throughput(Scenario.UNDO, flowsPerSecond / 2),
        List.of(new LatencySample(12, 30, 40)));
  }

  private static PeerThroughput throughput(Scenario scenario, double flowsPerSecond) {
    PeerThroughput.PeerSample sample =
        new PeerThroughput.PeerSample(
            flowsPerSecond, Map.of("server", 500.0, "driver", 999.0), 250);
    return new PeerThroughput(scenario, List.of(sample));
  }

  private static BenchSettings settings() {
    return new BenchSettings(
        List.of(),
        List.of(Scenario.SEQUENTIAL, Scenario.UNDO),
        Optional.empty(),
        Set.of(),
        new BenchSettings.TrialSizes(15, 1, 2, 10),
        1_000,
        10_000,
        1,
        new WarmUp(Duration.ZERO, Duration.ZERO),
        1,
        Duration.ofSeconds(1),
        -1,
        new BenchSettings.Scale(4, 1, 1, "1g", List.of(), List.of()));
  }
}
