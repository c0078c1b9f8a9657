package io.doundo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import java.io.File;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A handful of flows on the product and on another engine, each with its real processes. */
@Tag("deep")
class PeersIT extends SmallBench {

  @Test
  void restateStandsBesideTheProductAndAPeerThatCannotBeStartedSaysWhy() throws Exception {
    assumeTrue(isInstalled("node") && isInstalled("npm"), "Node.js with npm is not installed");

    int exitCode =
        bench(
            "--peers=restate,zeebe",
            "--flows=200",
            "--peer-flows=60",
            "--peer-in-flight=8",
            "--peer-packages=target/peers",
            "--latency-time=0.5",
            "--output=json",
            "--save=peers");

    assertThat(exitCode).as(err.toString()).isEqualTo(ExitCodes.REFUSED);
    JsonNode systems = Json.MAPPER.readTree(out.toString()).path("peers");
    assertThat(systems)
        .extracting(system -> system.path("system").asString())
        .containsExactly("doundo", "restate", "zeebe");
    assertThat(systems.path(2).path("problem").asString()).contains("its vendor's own licence");
    for (int i = 0; i < 2; i++) {
      JsonNode system = systems.path(i);
      assertThat(system.has("problem")).as(system.toString()).isFalse();
      for (String scenario : new String[] {"success", "undo"}) {
        assertThat(system.path(scenario).path("flowsPerSecond").path("median").asDouble())
            .isPositive();
        assertThat(system.path(scenario).path("cpuMicros").path("driver").asDouble()).isPositive();
        assertThat(system.path(scenario).path("diskBytes").path("median").asDouble()).isPositive();
      }
      assertThat(system.path("latency").path("p50").path("median").asDouble()).isPositive();
    }
    assertThat(systems.path(1).path("success").path("cpuMicros").properties())
        .extracting(role -> role.getKey())
        .contains("server", "saga", "steps");
    assertThat(directory.resolve("results/index.html")).content().contains("restate");
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> new File(directory, program).canExecute());
  }
}
