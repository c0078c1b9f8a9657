package io.doundo.plans.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code doundo demo plan-approval} on the class path of the script: it plays the journeys and
 * checks them itself, in the stores; this test checks that it has, and that nothing is left.
 */
@Tag("deep")
@Timeout(300)
class PlanApprovalDemoIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private List<ProcessHandle> children = List.of();

  @AfterEach
  void killWhatIsLeft() {
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void sixJourneysLeaveWhatIsExpectedInAllStores() throws IOException, InterruptedException {
    List<Integer> ports = Ports.free(4);
    Path output = directory.resolve("demo.out");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logback-cli.xml",
                "-Ddoundo.home=" + ROOT,
                "-cp",
                launcherJar() + ":" + ROOT.resolve("launcher/target/lib") + "/*",
                "io.doundo.launcher.Doundo",
                "demo",
                "plan-approval",
                "--kafka-port=" + ports.get(0),
                "--redis-port=" + ports.get(1),
                "--http-port=" + ports.get(2),
                "--page-port=" + ports.get(3),
                "--data=" + directory.resolve("data"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    children = List.of(demo.toHandle());

    assertThat(demo.waitFor(240, TimeUnit.SECONDS)).as(() -> "it ends:\n" + read(output)).isTrue();

    assertThat(demo.exitValue()).as(() -> read(output)).isZero();
    assertThat(read(output))
        .doesNotContain("\u001b", "\r")
        .containsSubsequence(
            "1 of 6  Submitted, approved, published",
            "ben     tries to approve it himself",
            "refused: ",
            "ann     approves",
            "2 of 6  Rejected",
            "ann     rejects: too dear",
            "3 of 6  Two changes at once, merged",
            "both changes are published",
            "4 of 6  Two changes of the same field, resolved by hand",
            "cleo    resolves plan[standard].generalCost[premium].cost.value: 129",
            "5 of 6  The FHIR store is killed after the approval",
            "held: ",
            "published once the store was back",
            "6 of 6  An approved plan is undone",
            "What the stores hold",
            "in the FHIR store: as expected",
            "version 5  Gold 2027, premium 129, copay 15",
            "in Postgres: as expected",
            "rejected: too dear",
            "in DoUndo: as expected",
            "All 6 journeys left exactly what was expected in all three stores");
    assertThat(ports).allMatch(Ports::isFree);
    assertThat(directory.resolve("data")).isDirectoryNotContaining("glob:**demo-*");
  }

  private static Path launcherJar() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("launcher/target"))) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().matches("doundo-launcher-[^-]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("the launcher is not built: ./mvnw package"));
    }
  }

  private static String read(Path output) {
    try {
      return Files.exists(output) ? Files.readString(output, UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
