package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code doundo demo} as a person runs it, and with a ledger that was tampered with. */
@Timeout(400)
class DemoIT extends DemoWalk {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern FLOW =
      Pattern.compile("^Flow (demo-\\S+-completes)$", Pattern.MULTILINE);

  private DemoPorts ports = new DemoPorts(0, 0, 0);

  @BeforeEach
  void choosePorts() throws IOException {
    List<Integer> free = Ports.free(3);
    ports = new DemoPorts(free.get(0), free.get(1), free.get(2));
  }

  @Override
  DemoPorts ports() {
    return ports;
  }

  @Test
  void sixFlowsAreAsPromised() throws Exception {
    assertThat(read(assertThatSixFlowsAreAsPromised()))
        .containsSubsequence("Stopping the broker", "All 6 flows left exactly what was expected");
    assertNothingIsLeft();
  }

  @Test
  @Tag("deep")
  void aFalsifiedLedgerIsFoundOut() throws Exception {
    Path falsified = directory.resolve("falsified.out");
    Process demo = demo(falsified);
    falsifyLedger(awaitFlow(demo, falsified));
    assertThat(end(demo)).as(() -> read(falsified)).isEqualTo(1);
    assertThat(read(falsified))
        .contains("The ledger holds 2 effects of createRealm; expected 1.")
        .contains("1 of 6 flows did not leave what was expected.");
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
    assertThat(read(output)).contains("The demo did not finish: Redis ended or was killed.");
    assertNothingIsLeft();
  }

  /** In every build, {@code DevCommandIT} stops the same processes on a signal. */
  @Test
  @Tag("deep")
  void onASignalItStopsAndLeavesNothingBehind() throws Exception {
    Path output = directory.resolve("demo.out");
    Process demo = demo(output);
    awaitFlow(demo, output);

    demo.toHandle().destroy();

    assertThat(end(demo)).as(() -> read(output)).isEqualTo(143);
    assertThat(read(output)).contains("Stopping the broker", "Demo stopped before it finished.");
    assertNothingIsLeft();
  }

  /** The first flow's id, once the demo has printed it. */
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

  /** Adds an effect that no worker had to the ledger, which can only be appended to. */
  private void falsifyLedger(String flowId) throws SQLException {
    String store = directory.resolve("data/examples/store.db").toString();
    try (Connection workerRecords = DriverManager.getConnection("jdbc:sqlite:" + store);
        PreparedStatement insert =
            workerRecords.prepareStatement(
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
    assertThat(List.of(ports.kafka(), ports.redis(), ports.http())).allMatch(Ports::isFree);
    assertThat(directory.resolve("data")).isDirectoryNotContaining("glob:**demo-*");
  }
}
