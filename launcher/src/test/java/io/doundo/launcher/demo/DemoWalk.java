package io.doundo.launcher.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.process.ClassPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code doundo demo} as a person runs it: the orchestrations of registration-examples with a
 * retry, a rollback and a worker that is killed. The subclass provides Kafka and Redis.
 */
abstract class DemoWalk {

  /** The addresses of Kafka, Redis and REST. */
  record DemoPorts(int kafka, int redis, int http) {}

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  final List<ProcessHandle> started = new ArrayList<>();

  abstract DemoPorts ports();

  @AfterEach
  void killWhatIsLeft() {
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /** Runs the six flows; the demo itself checks their effects and prints the result. */
  final Path assertThatSixFlowsAreAsPromised() throws Exception {
    Path output = directory.resolve("first.out");
    Process first = demo(output);
    assertThat(end(first)).as(() -> read(output)).isZero();
    assertThat(read(output))
        .doesNotContain("\u001b", "\r")
        .containsSubsequence(
            "1 of 6  A flow that completes",
            "flow                      completed",
            "2 of 6  A step that fails twice and is retried",
            "createClient              do requested, attempt 3",
            "3 of 6  A flow that is rolled back",
            "createClient              undone",
            "createRealm               undone",
            "flow                      undone",
            "4 of 6  Four steps at the same time",
            "5 of 6  A graph of steps, with a point of no return",
            "6 of 6  A worker killed in the middle of a step",
            "is killed (kill -9) before it can answer.",
            "createClient              done",
            "Expected and actual effects",
            "All 6 flows left exactly what was expected");
    return output;
  }

  final Process demo(Path output) throws IOException {
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logback-cli.xml",
                "-cp",
                ClassPath.current(),
                Doundo.class.getName(),
                "demo",
                "--kafka-port",
                Integer.toString(ports().kafka()),
                "--redis-port",
                Integer.toString(ports().redis()),
                "--http-port",
                Integer.toString(ports().http()),
                "--data",
                directory.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(demo.toHandle());
    return demo;
  }

  static int end(Process demo) throws InterruptedException {
    assertThat(demo.waitFor(200, TimeUnit.SECONDS)).as("it ends").isTrue();
    return demo.exitValue();
  }

  static String read(Path output) {
    try {
      return Files.exists(output) ? Files.readString(output, UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
