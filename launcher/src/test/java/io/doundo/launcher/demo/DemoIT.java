package io.doundo.launcher.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code doundo demo} as a person runs it, and as a saboteur spoils it. */
@Timeout(400)
class DemoIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern FLOW =
      Pattern.compile("^Flow (demo-\\S+-completes)$", Pattern.MULTILINE);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final List<ProcessHandle> started = new ArrayList<>();
  private List<Integer> ports = List.of();

  @BeforeEach
  void choosePorts() throws IOException {
    try (ServerSocket kafka = listening();
        ServerSocket redis = listening();
        ServerSocket http = listening()) {
      ports = List.of(kafka.getLocalPort(), redis.getLocalPort(), http.getLocalPort());
    }
  }

  @AfterEach
  void killWhatIsLeft() {
    started.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void sixFlowsAreAsPromisedAndAFalsifiedLedgerIsFoundOutOnTheSameData() throws Exception {
    Path output = directory.resolve("first.out");
    Process first = demo(output);
    assertThat(end(first)).as(() -> read(output)).isZero();
    assertThat(read(output))
        .doesNotContain("\u001b", "\r")
        .containsSubsequence(
            "1 of 6  A flow that completes",
            "the flow                  is completed",
            "2 of 6  A step that fails twice and is tried again",
            "createClient              is asked to do its work, attempt 3",
            "3 of 6  A flow that is rolled back",
            "createClient              has taken it back",
            "createRealm               has taken it back",
            "the flow                  is undone",
            "4 of 6  Four steps at the same time",
            "5 of 6  A graph of steps, with a point of no return",
            "6 of 6  A worker that is killed in the middle of a step",
            "is killed (kill -9) before it can say so.",
            "createClient              has done it",
            "What was promised, and what there is now",
            "Stopping the broker",
            "All 6 flows are as promised");
    assertNothingIsLeft();

    Path falsified = directory.resolve("second.out");
    Process second = demo(falsified);
    falsifyLedger(awaitFlow(second, falsified));
    assertThat(end(second)).as(() -> read(falsified)).isEqualTo(1);
    assertThat(read(falsified))
        .contains("The ledger holds 2 effects of createRealm; promised was 1.")
        .contains("1 of 6 flows are not as promised.");
    assertNothingIsLeft();
  }

  @Test
  void whenRedisIsKilledForGoodItSaysSo() throws Exception {
    Path output = directory.resolve("demo.out");
    Process demo = demo(output);
    awaitFlow(demo, output);

    demo.descendants()
        .filter(child -> child.info().command().orElse("").contains("redis-server"))
        .forEach(ProcessHandle::destroyForcibly);

    assertThat(end(demo)).as(() -> read(output)).isEqualTo(1);
    assertThat(read(output))
        .contains("The demo could not be played to its end: The redis has ended, or was killed.");
    assertNothingIsLeft();
  }

  @Test
  void whenItIsToldToStopItLeavesNothingBehind() throws Exception {
    Path output = directory.resolve("demo.out");
    Process demo = demo(output);
    awaitFlow(demo, output);

    demo.toHandle().destroy();

    assertThat(end(demo)).as(() -> read(output)).isEqualTo(143);
    assertThat(read(output)).contains("Stopping the broker", "Stopped before its end.");
    assertNothingIsLeft();
  }

  private Process demo(Path output) throws IOException {
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
                ports.get(0).toString(),
                "--redis-port",
                ports.get(1).toString(),
                "--http-port",
                ports.get(2).toString(),
                "--data",
                directory.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(demo.toHandle());
    return demo;
  }

  /** The first flow's id, once the flow has been announced. */
  private String awaitFlow(Process demo, Path output) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(demo.isAlive()).as(() -> read(output)).isTrue();
              return FLOW.matcher(read(output)).find();
            });
    demo.descendants().forEach(started::add);
    Matcher flow = FLOW.matcher(read(output));
    assertThat(flow.find()).isTrue();
    return flow.group(1);
  }

  private static int end(Process demo) throws InterruptedException {
    assertThat(demo.waitFor(200, TimeUnit.SECONDS)).as("it ends").isTrue();
    return demo.exitValue();
  }

  /** An effect that no worker had, in a ledger that takes new lines only. */
  private void falsifyLedger(String flowId) throws SQLException {
    String store = directory.resolve("data/examples/store.db").toString();
    try (Connection books = DriverManager.getConnection("jdbc:sqlite:" + store);
        PreparedStatement insert =
            books.prepareStatement(
                "INSERT INTO ledger (effect_id, began, at, instance, orchestration, step, flow_id, action,"
                    + " generation, attempt, idempotency_key, thing_id, kind) VALUES (?, 1, 1, 'liar',"
                    + " 'tenantCreation', 'createRealm', ?, 'DO', 1, 1, ?, 'invented', 'CREATED')")) {
      insert.setString(1, UUID.randomUUID().toString());
      insert.setString(2, flowId);
      insert.setString(3, UUID.randomUUID().toString());
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  private void assertNothingIsLeft() {
    assertThat(started).noneMatch(ProcessHandle::isAlive);
    assertThat(ports).allMatch(Ports::isFree);
    assertThat(directory.resolve("data")).isDirectoryNotContaining("glob:**demo-*");
  }

  private static String read(Path output) {
    try {
      return Files.exists(output) ? Files.readString(output, UTF_8) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
