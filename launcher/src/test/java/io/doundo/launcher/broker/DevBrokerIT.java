package io.doundo.launcher.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a separate process, used through its own command-line tools. */
@Timeout(120)
class DevBrokerIT {

  private static final Duration READY = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<ChildJvm> brokers = new ArrayList<>();
  private String server = "";
  private int port;

  @BeforeEach
  void choosePort() throws IOException {
    port = Ports.free(1).get(0);
    server = "localhost:" + port;
  }

  @AfterEach
  void killBrokers() throws InterruptedException {
    for (ChildJvm broker : brokers) {
      broker.kill();
    }
  }

  @Test
  void recordsSurviveKillAndRestart() throws Exception {
    ChildJvm broker = start();
    assertThat(
            kafka(
                "",
                "topics",
                "--bootstrap-server",
                server,
                "--create",
                "--topic",
                "t",
                "--partitions",
                "1"))
        .isEqualTo(new Finished(0, "Created topic t."));
    assertThat(
            kafka("first\nsecond\n", "console-producer", "--broker-list", server, "--topic", "t"))
        .isEqualTo(new Finished(0, ""));

    broker.kill();
    start();

    Finished consumed =
        kafka(
            "",
            "console-consumer",
            "--bootstrap-server",
            server,
            "--topic",
            "t",
            "--from-beginning",
            "--max-messages",
            "2");
    assertThat(consumed.code()).isZero();
    assertThat(consumed.output().lines()).containsSubsequence("first", "second");
  }

  @Test
  void aMissingTopicIsAnErrorAndIsNotCreatedAndTheBrokerStopsWhenItIsAskedTo() throws Exception {
    ChildJvm broker = start();

    Finished described =
        kafka("", "topics", "--bootstrap-server", server, "--describe", "--topic", "missing");
    assertThat(described.code()).isEqualTo(1);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", server))) {
      assertThat(admin.listTopics().names().get()).isEmpty();
    }

    assertThat(broker.stop(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void itEndsWithItsParent() throws Exception {
    Process broker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=logback-broker.xml",
                "-cp",
                ClassPath.current(),
                DevBroker.class.getName(),
                Integer.toString(port),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolveSibling(directory.getFileName() + ".out").toFile())
            .start();
    try {
      // As the operating system does when a parent is killed.
      broker.getOutputStream().close();

      assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      broker.destroyForcibly();
    }
  }

  private ChildJvm start() throws IOException, InterruptedException {
    CountDownLatch ready = new CountDownLatch(1);
    ChildJvm broker =
        ChildJvm.start(
            "broker",
            JvmOptions.ofBroker("256m"),
            ClassPath.current(),
            DevBroker.class,
            List.of(Integer.toString(port), directory.resolve("kafka").toString()),
            directory.resolve("broker.log"),
            line -> {
              if (line.equals(DevBroker.READY)) {
                ready.countDown();
              }
            });
    brokers.add(broker);
    await()
        .atMost(READY)
        .until(
            () -> {
              assertThat(broker.isAlive()).as(() -> "broker alive").isTrue();
              return ready.getCount() == 0;
            });
    return broker;
  }

  private record Finished(int code, String output) {}

  /** Runs a tool in a JVM of its own, as the script does; the output is both streams. */
  private static Finished kafka(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=logback-cli.xml",
            "-cp",
            ClassPath.current(),
            Doundo.class.getName(),
            "kafka"));
    command.addAll(List.of(arguments));
    Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = tool.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    String output = new String(tool.getInputStream().readAllBytes(), UTF_8);
    return new Finished(tool.waitFor(), output.strip());
  }
}
