package io.doundo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Small runs of the harness on real processes. */
class BenchIT extends SmallBench {

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
    assertThat(throughput.path("productCpuParts").path("orchestrator").size()).isEqualTo(4);
    assertThat(throughput.path("repetitions").asString()).contains("groups cannot be told");
    JsonNode sample = throughput.path("pairs").path(0).path("product");
    assertThat(sample.path("ratesOfParts").size()).isEqualTo(5);
    JsonNode batches = sample.path("figures").path("batches");
    for (String figure :
        List.of(
            "broker: produce requests a flow",
            "broker: records a produce request",
            "broker: fetch requests a flow",
            "commands: records a batch",
            "answers: records a batch",
            "changelogs: records a batch",
            "orchestrator: records a request",
            "orchestrator: records a fetch",
            "worker: records a request",
            "worker: records a fetch",
            "orchestrator: voluntary switches a flow")) {
      assertThat(batches.path(figure).asDouble()).as(figure).isPositive();
    }
    assertThat(sample.path("figures").path("cost").path("broker: CPU µs a request").asDouble())
        .isPositive();
    assertThat(report.path("latency").path(0).path("p50Ratio").path("median").asDouble())
        .isPositive();
    assertThat(report.path("targets").size()).isEqualTo(3);
    assertThat(directory.resolve("results/small.json")).exists();
    assertThat(directory.resolve("results/index.html"))
        .content()
        .contains("<svg", "engine", "commands: records a batch", "compilers");
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
  void reportsAListOfFlowsAndWhatItCostsOthers() throws Exception {
    int exitCode =
        bench(
            "--mode=engine",
            "--scenario=parts",
            "--flows=300",
            "--items=200",
            "--latency-time=2",
            "--least-limit=1",
            "--output=json");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.OK);
    JsonNode report = Json.MAPPER.readTree(out.toString());
    JsonNode parts = report.path("parts").path(0);
    assertThat(parts.path("items").asInt()).isEqualTo(200);
    assertThat(parts.path("burst").asInt()).isEqualTo(20);
    assertThat(parts.path("forward").path("median").asDouble()).isPositive();
    assertThat(parts.path("archived").path("median").asDouble())
        .isGreaterThan(parts.path("forward").path("median").asDouble());
    assertThat(parts.path("back").path("median").asDouble()).isPositive();
    assertThat(parts.path("p99Ratio").path("median").asDouble()).isPositive();
    assertThat(report.path("targets").size()).as("lists so short are not judged").isZero();
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

  @Test
  @Tag("deep")
  void comparesABuildThatIsWatchedWithOneWithoutLists() throws Exception {
    int exitCode =
        bench(
            "--compare",
            "current",
            "current",
            "--mode=audit",
            "--scenario=sequential",
            "--pairs=1",
            "--flows=200",
            "--baseline-orchestrator=--doundo.search.enabled=false",
            "--watched");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.REFUSED);
    assertThat(err.toString())
        .containsPattern("B was watched: [1-9][\\d,]* bytes of traces, [1-9][\\d,]* answers");
  }

  @Test
  @Tag("deep")
  void reportsHowSoonAFlowIsInTheLists() throws Exception {
    int exitCode = bench("--freshness=4", "--freshness-rate=20", "--flows=200");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.OK);
    assertThat(out.toString())
        .containsPattern("[1-9]\\d* flows looked for in the lists, while 20 flows/s ran")
        .containsPattern("since the commit +median +\\d+ ms +p99 +\\d+ ms")
        .containsPattern("since the start was sent +median +[1-9]\\d* ms");
  }

  @Test
  @Tag("deep")
  void reportsWhatAWaitForAFlowWaitsFor() throws Exception {
    int exitCode = bench("--waits=3", "--waits-rate=20", "--flows=200");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.OK);
    assertThat(out.toString())
        .contains("execute?wait of 60 flows of three steps, at 20 flows/s")
        .containsPattern("request to answer +median +[1-9]\\d* ms")
        .containsPattern("until its start was written +median +\\d+ ms")
        .containsPattern("until its steps were done +median +\\d+ ms")
        .containsPattern("until that was committed +median +\\d+ ms");
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
}
