package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.cli.ConfirmationPrompt;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which process owns a data directory, and which does not. */
@Timeout(60)
class DataLockTest {

  @TempDir Path data;

  private @Nullable Process stranger;

  @AfterEach
  void endStranger() {
    if (stranger != null) {
      stranger.destroyForcibly();
    }
  }

  @Test
  void aProcessOfWhichTheStartIsNotKnownIsNotTakenForAChild() throws Exception {
    stranger = new ProcessBuilder("sleep", "600").start();
    write("process 1, gone\ndev 1 unknown\nbroker " + stranger.pid() + " unknown\n");

    DataLock.take(plan()).close();

    assertThat(stranger.isAlive()).isTrue();
  }

  @Test
  void aLaterProcessWithTheNumberOfAChildIsLeftAlone() throws Exception {
    stranger = new ProcessBuilder("sleep", "600").start();
    write("process 1, gone\nbroker " + stranger.pid() + " 2020-01-01T00:00:00Z\n");

    DataLock.take(plan()).close();

    assertThat(stranger.isAlive()).isTrue();
  }

  @Test
  void aChildIsKnownByItsStart() throws Exception {
    stranger = new ProcessBuilder("sleep", "600").start();
    LockHolder.Member child = LockHolder.Member.of("broker", stranger.toHandle());

    assertThat(child.running()).contains(stranger.toHandle());
    stranger.destroyForcibly().waitFor();
    assertThat(child.running()).isEmpty();
    assertThat(new LockHolder.Member("broker", ProcessHandle.current().pid(), null).running())
        .isEmpty();
    assertThat(
            new LockHolder.Member("broker", ProcessHandle.current().pid(), Instant.EPOCH).running())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "process 1, Kafka",
        "process 1\nbroker",
        "process 1\nbroker 12",
        "process 1\nbroker 12 2026-01-",
        "process 1\n12 2026-01-31T00:00:00Z",
        "process 1\nbroker 99999999999999999999 unknown"
      })
  void aFileThatWasLeftHalfWrittenHindersNobody(String text) throws Exception {
    write(text);

    DataLock.take(plan()).close();

    assertThat(data.resolve("dev.holder")).doesNotExist();
  }

  @Test
  void everythingWrittenIsReadBack() throws Exception {
    DevPlan plan = plan();
    try (DataLock lock = DataLock.take(plan)) {
      lock.describe(List.of());
      LockHolder lockHolder = DataLock.lockHolder(data).orElseThrow();
      assertThat(lockHolder.plan(data)).contains(plan);
      assertThat(lockHolder.self().flatMap(LockHolder.Member::running))
          .contains(ProcessHandle.current());
      assertThat(lockHolder.children()).isEmpty();
      assertThat(DataLock.held(data)).contains(plan);
    }
    assertThat(DataLock.lockHolder(data)).isEqualTo(Optional.empty());
  }

  @Test
  void whereNothingRunsStatusAndStopSaySo() {
    StringWriter out = new StringWriter();

    assertThat(run(out, "dev", "status", "--data", data.toString())).isEqualTo(3);
    assertThat(run(out, "dev", "--data", data.toString(), "stop")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "DoUndo is not running in " + data + ". Start it with: doundo dev",
            "DoUndo is not running in " + data + ".");
  }

  @Test
  void statusNamesEveryProcessAndSaysWhichHasEnded() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    stranger = child;
    DevPlan plan = plan();
    StringWriter out = new StringWriter();
    try (DataLock lock = DataLock.take(plan)) {
      lock.describe(List.of());
      LockHolder.Member broker = LockHolder.Member.of("broker", child.toHandle());
      LockHolder.Member redis = new LockHolder.Member("redis", child.pid(), Instant.EPOCH);
      LockHolder here = LockHolder.here(plan, List.of());
      new LockHolder(here.description(), List.of(here.members().get(0), broker, redis)).write(data);

      assertThat(run(out, "dev", "status", "--data", data.toString())).isEqualTo(3);
    }
    assertThat(out.toString().lines())
        .satisfiesExactly(
            line ->
                assertThat(line).isEqualTo("DoUndo is running in " + data + " and is not ready."),
            line -> assertThat(line).startsWith("  dev "),
            line ->
                assertThat(line)
                    .startsWith("  broker ")
                    .contains("process " + child.pid())
                    .endsWith(plan.bootstrapServers()),
            line -> assertThat(line).startsWith("  redis ").endsWith("has ended"),
            line -> assertThat(line).startsWith("Logs in "));
  }

  private static int run(StringWriter out, String... arguments) {
    return Doundo.commandLine(new ConfirmationPrompt(false, new StringReader("")))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(arguments);
  }

  private void write(String text) throws IOException {
    Files.write(data.resolve("dev.holder"), text.getBytes(UTF_8));
  }

  /** An installation that was never started. */
  private DevPlan plan() {
    return new DevPlan(1, 2, 3, data, List.of());
  }
}
