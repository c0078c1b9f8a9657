package io.doundo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Small runs of the harness on real processes, and runs that it must refuse to report. */
class BenchIT {

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void reportsTheEngineBesideTheLimitOfTheSameRun() throws Exception {
    int exitCode =
        bench(
            "--mode=engine",
            "--scenario=sequential,latency",
            "--flows=300",
            "--latency-time=0.3",
            "--least-limit=1",
            "--output=json",
            "--save=small");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.OK);
    JsonNode report = Json.MAPPER.readTree(out.toString());
    JsonNode throughput = report.path("throughput").path(0);
    assertThat(throughput.path("mode").asString()).isEqualTo("engine");
    assertThat(throughput.path("flows").asInt()).isEqualTo(300);
    assertThat(throughput.path("ratio").path("median").asDouble()).isPositive();
    assertThat(throughput.path("productCpuMicros").path("orchestrator").asDouble()).isPositive();
    assertThat(throughput.path("limitCpuMicros").path("relay").asDouble()).isPositive();
    assertThat(report.path("latency").path(0).path("p50Ratio").path("median").asDouble())
        .isPositive();
    assertThat(report.path("targets").size()).isEqualTo(3);
    assertThat(directory.resolve("results/small.json")).exists();
    assertThat(directory.resolve("results/index.html")).content().contains("<svg", "engine");
  }

  @Test
  @Tag("deep")
  void reportsRecoveryAndFlowsThatWait() throws Exception {
    int exitCode =
        bench(
            "--mode=engine",
            "--scenario=recovery,live",
            "--flows=300",
            "--recovery-flows=200",
            "--live-flows=500",
            "--least-limit=1",
            "--output=json");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.OK);
    JsonNode report = Json.MAPPER.readTree(out.toString());
    JsonNode recovery = report.path("recovery").path(0);
    assertThat(recovery.path("samples").path(0).path("inFlight").asInt()).isBetween(200, 220);
    assertThat(recovery.path("firstMove").path("median").asDouble()).isPositive();
    JsonNode live = report.path("liveFlows");
    assertThat(live.path("few").path("live").asInt()).isEqualTo(50);
    assertThat(live.path("many").path("live").asInt()).isEqualTo(500);
    assertThat(live.path("ratio").asDouble()).isPositive();
    assertThat(live.path("localBytes").path("flows").asDouble()).isPositive();
    assertThat(live.path("changelogBytes").path("flows").asDouble()).isGreaterThan(300);
    assertThat(live.path("many").path("memoryMegabytes").path("orchestrator").asInt()).isPositive();
    assertThat(report.path("targets").size()).as("trials so small are not judged").isZero();
  }

  @Test
  @Tag("deep")
  void comparesABuildWithItselfAndClaimsNothingOfWhatIsNotWarm() throws Exception {
    compares("engine", List.of("broker", "orchestrator", "worker"));
  }

  @Test
  @Tag("deep")
  void comparesSdkWorkersToo() throws Exception {
    compares("full", List.of("broker", "orchestrator", "redis", "worker"));
  }

  private void compares(String mode, List<String> roles) throws Exception {
    int exitCode =
        bench(
            "--compare",
            "current",
            "current",
            "--mode=" + mode,
            "--pairs=2",
            "--flows=200",
            "--output=json");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.REFUSED);
    JsonNode report = Json.MAPPER.readTree(out.toString());
    JsonNode comparison = report.path("comparisons").path(0);
    assertThat(comparison.path("pairs").asInt()).isEqualTo(2);
    assertThat(comparison.path("flows").asInt()).isEqualTo(200);
    assertThat(comparison.path("warm").asBoolean(true)).isFalse();
    assertThat(comparison.path("figures"))
        .extracting(line -> line.path("figure").asString())
        .contains("flows/s", "CPU µs/flow, all")
        .containsAll(roles.stream().map(role -> "CPU µs/flow, " + role).toList());
    assertThat(comparison.path("figures"))
        .allSatisfy(
            line -> {
              assertThat(line.path("a").asDouble()).isPositive();
              assertThat(line.path("least").asDouble()).isPositive();
              assertThat(line.path("claim").asString()).isEqualTo("not claimed: still warming up");
            });
  }

  @Test
  void aBaselineNeedsAComparison() {
    assertThat(bench("--baseline", "sequential")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--baseline names one scenario that A runs");
  }

  @Test
  void onlyThroughputIsCompared() {
    assertThat(bench("--compare", "current", "current", "--scenario=recovery"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--compare measures throughput only");
  }

  @Test
  void refusesToReportARunThatHasLostAFlow() {
    int exitCode = bench("--mode=engine", "--flows=200", "--lose=7", "--patience=3");

    assertThat(exitCode).isEqualTo(ExitCodes.REFUSED);
    assertThat(err.toString()).contains("1 of 50 flows were lost");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refusesToMeasureBesideASlowLimit() {
    int exitCode = bench("--mode=engine", "--flows=200", "--least-limit=100000000");

    assertThat(exitCode).isEqualTo(ExitCodes.REFUSED);
    assertThat(err.toString()).contains("the limit is too slow");
    assertThat(out.toString()).isEmpty();
  }

  private int bench(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--repeat=1",
                "--warm-up=0",
                "--in-flight=100",
                "--data=" + directory.resolve("data"),
                "--results=" + directory.resolve("results")));
    all.addAll(List.of(arguments));
    return BenchCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
