package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code doundo dev} as a person runs it: as a process, stopped by signals. */
@Timeout(240)
class DevCommandIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final List<Process> processes = new ArrayList<>();
  private final List<ProcessHandle> children = new ArrayList<>();
  private int kafkaPort;
  private int redisPort;
  private int httpPort;

  @BeforeEach
  void choosePorts() throws IOException {
    List<Integer> ports = Ports.free(3);
    kafkaPort = ports.get(0);
    redisPort = ports.get(1);
    httpPort = ports.get(2);
  }

  @AfterEach
  void killWhatIsLeft() {
    processes.forEach(Process::destroyForcibly);
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void itPrintsTheAddressesAndStopsEverythingOnASignal() throws Exception {
    Path output = directory.resolve("first.out");
    Process dev = dev(output);
    awaitBanner(dev, output);
    assertThat(children).hasSizeGreaterThanOrEqualTo(3).allMatch(ProcessHandle::isAlive);
    assertThat(Files.readString(output))
        .contains("Kafka   localhost:" + kafkaPort)
        .contains("Redis   redis://127.0.0.1:" + redisPort)
        .contains("REST    http://localhost:" + httpPort);

    Path refused = directory.resolve("second.out");
    Process second = dev(refused);
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
    assertThat(Files.readString(refused))
        .contains("already running on ")
        .contains("process " + dev.pid());

    // As a page of the console keeps it open.
    InputStream stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://localhost:" + httpPort + "/api/stream?topics=stats"))
                    .build(),
                BodyHandlers.ofInputStream())
            .body();
    dev.toHandle().destroy();

    assertThat(new String(stream.readAllBytes(), UTF_8)).contains("The orchestrator is stopping.");
    assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dev.exitValue()).isZero();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(Files.readString(output))
        .containsSubsequence(
            "Stopping the workers",
            "Stopping the orchestrator",
            "Stopping Redis",
            "Stopping the broker",
            "Stopped.")
        .doesNotContain("killed");
    assertThat(Ports.isFree(kafkaPort)).isTrue();
  }

  /** In every build, {@link ProcessGroupTest} says what follows when a child ends. */
  @Test
  @Tag("deep")
  void whenTheOrchestratorEndsItSaysSoAndStops() throws Exception {
    Path output = directory.resolve("dev.out");
    Process dev = dev(output, "--no-workers");
    awaitBanner(dev, output);

    jvm(1).destroyForcibly();

    assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dev.exitValue()).isEqualTo(1);
    assertThat(Files.readString(output))
        .containsSubsequence(
            "The orchestrator was killed by signal 9. The end of its log:",
            "Started OrchestratorApplication",
            "Full log: " + directory.resolve("data"),
            "Stopping the broker");
    assertThat(children).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void whenTheWorkersEndItSaysSoAndGoesOnAndWhenItIsKilledItsChildrenEndToo() throws Exception {
    Path output = directory.resolve("dev.out");
    Process dev = dev(output);
    awaitBanner(dev, output);

    jvm(2).destroyForcibly();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Files.readString(output)
                    .contains("The example workers' process was killed by signal 9"));
    assertThat(dev.isAlive()).isTrue();
    assertThat(jvm(1).isAlive()).isTrue();

    dev.destroyForcibly();

    await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void argumentsAfterTheDashesReachTheOrchestratorAndTheEndOfRedisStopsDev() throws Exception {
    Path output = directory.resolve("dev.out");
    Process dev =
        dev(
            output,
            "--no-workers",
            "--",
            "--management.info.env.enabled=true",
            "--info.purpose=a test");
    awaitBanner(dev, output);

    assertThat(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(
                            URI.create("http://localhost:" + httpPort + "/actuator/info"))
                        .build(),
                    BodyHandlers.ofString())
                .body())
        .contains("a test");
    assertThat(children.stream().filter(child -> isOf(child, "java"))).hasSize(2);

    child("redis-server").destroyForcibly();

    assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dev.exitValue()).isEqualTo(1);
    assertThat(Files.readString(output))
        .containsSubsequence(
            "Redis ended or was killed. The end of its log:",
            "Ready to accept connections",
            "Full log: " + directory.resolve("data"),
            "Stopping the orchestrator",
            "Stopping the broker");
    assertThat(children).noneMatch(ProcessHandle::isAlive);
  }

  /** The JVMs in the order in which they were started. */
  private ProcessHandle jvm(int number) {
    return children.stream().filter(child -> isOf(child, "java")).toList().get(number);
  }

  private ProcessHandle child(String program) {
    return children.stream().filter(child -> isOf(child, program)).findFirst().orElseThrow();
  }

  private static boolean isOf(ProcessHandle process, String program) {
    return process
        .info()
        .command()
        .filter(path -> Path.of(path).getFileName().toString().startsWith(program))
        .isPresent();
  }

  private Process dev(Path output, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                ClassPath.current(),
                Doundo.class.getName(),
                "dev",
                "--kafka-port",
                Integer.toString(kafkaPort),
                "--redis-port",
                Integer.toString(redisPort),
                "--http-port",
                Integer.toString(httpPort),
                "--data",
                directory.resolve("data").toString()));
    command.addAll(List.of(more));
    Process dev =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    processes.add(dev);
    return dev;
  }

  private void awaitBanner(Process dev, Path output) throws IOException {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(dev.isAlive()).as(() -> "dev runs").isTrue();
              return Files.readString(output, UTF_8).contains("DoUndo is up.");
            });
    children.clear();
    // Not ordered by process id, because ids start again when they are used up.
    dev.children()
        .sorted(Comparator.comparing(child -> child.info().startInstant().orElseThrow()))
        .forEach(children::add);
  }
}
