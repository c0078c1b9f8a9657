package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.testing.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one node refuses keys of two slots in one script, as every cluster does. */
class RedisClusterIT {

  private static final String MARK = "test:{00}:since";

  /** The cluster bus uses the port number plus 10,000. */
  private static final int HIGHEST_PORT = 55_000;

  @TempDir Path directory;

  @Test
  void aStepIsDoneAndUndoneInACluster() throws IOException {
    try (RedisServerProcess server =
            RedisServerProcess.start(directory, freePort(), "--cluster-enabled", "yes");
        RedisClient client = RedisClient.create(server.uri())) {
      RedisCommands<String, String> redis = client.connect().sync();
      redis.clusterAddSlots(IntStream.range(0, 16_384).toArray());
      try (LuaFence fence =
          RedisFence.at("redis-cluster://127.0.0.1:" + server.port(), FenceFixture.SETTINGS)) {
        Awaitility.await()
            .ignoreException(CompletionException.class)
            .untilAsserted(() -> FenceFixture.done(fence.check()));
        long scripts = scriptsRun(redis);
        for (int i = 0; i < 20; i++) {
          isDoneAndUndone(fence, FenceFixture.keyOf("f-" + i));
        }

        for (int i = 0; i < 20; i++) {
          FenceKey key = FenceFixture.keyOf("doubt-" + i);
          Token token = FenceFixture.runs(FenceFixture.done(fence.beginDo(key, claim())));
          FenceFixture.done(fence.finish(key, token, new Settled.InDoubt("timed out")));
        }
        List<CompletionStage<DoDecision>> begun = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          begun.add(fence.beginDo(FenceFixture.keyOf("at-once-" + i), claim()));
        }
        begun.forEach(decision -> FenceFixture.runs(FenceFixture.done(decision)));
        assertThat(FenceFixture.done(fence.inDoubt())).isEqualTo(20);
        assertThat(redis.keys("test:*:since")).hasSize(FenceKeys.BUCKETS);
        assertThat(scriptsRun(redis) - scripts)
            .as("four, two or one for each step, and those that Redis did not have yet")
            .isBetween(140L, 150L);
      }
    }
  }

  /** What it had not received from its master is forgotten there. */
  @Test
  void aReplicaThatIsPromoted_isNoticedThoughTheMarksWereJustChecked() throws IOException {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path other = Files.createDirectory(directory.resolve("other"));
    try (RedisServerProcess master =
            RedisServerProcess.start(one, freePort(), "--cluster-enabled", "yes");
        RedisServerProcess replica =
            RedisServerProcess.start(other, freePort(), "--cluster-enabled", "yes");
        RedisClient ofMaster = RedisClient.create(master.uri());
        RedisClient ofReplica = RedisClient.create(replica.uri())) {
      RedisCommands<String, String> first = ofMaster.connect().sync();
      RedisCommands<String, String> second = ofReplica.connect().sync();
      first.clusterAddSlots(IntStream.range(0, 16_384).toArray());
      second.clusterMeet("127.0.0.1", master.port());
      // It replicates only a node that it has met.
      Awaitility.await()
          .ignoreException(RedisCommandExecutionException.class)
          .until(() -> second.clusterReplicate(first.clusterMyId()).equals("OK"));
      Awaitility.await().until(() -> second.info("replication").contains("link_status:up"));
      try (LuaFence fence =
          RedisFence.at("redis-cluster://127.0.0.1:" + master.port(), FenceFixture.SETTINGS)) {
        Awaitility.await()
            .ignoreException(CompletionException.class)
            .untilAsserted(() -> FenceFixture.done(fence.check()));
        assertThat(first.get(MARK)).startsWith(runId(first));

        second.clusterFailover(false, true);
        Awaitility.await().until(() -> second.role().get(0).equals("master"));
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .ignoreException(CompletionException.class)
            .untilAsserted(
                () -> {
                  FenceFixture.done(fence.beginDo(FenceFixture.keyOf("f-1"), claim()));
                  assertThat(second.get(MARK)).startsWith(runId(second));
                });
      }
    }
  }

  private static String runId(RedisCommands<String, String> redis) {
    Matcher found = Pattern.compile("run_id:(\\w+)").matcher(redis.info("server"));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static void isDoneAndUndone(Fence fence, FenceKey key) {
    Token token = FenceFixture.runs(FenceFixture.done(fence.beginDo(key, claim())));
    FenceFixture.says(
        FenceFixture.answer(
            FenceFixture.done(fence.finish(key, token, new Settled.Done(FenceFixture.REALM)))),
        Outcome.OK);
    Token undo =
        FenceFixture.undoes(FenceFixture.done(fence.beginUndo(key, claim(), KnownEffect.UNKNOWN)))
            .token();
    FenceFixture.says(
        FenceFixture.answer(FenceFixture.done(fence.finish(key, undo, new Settled.Undone()))),
        Outcome.UNDONE);
  }

  private static Claim claim() {
    return new Claim(
        UUID.randomUUID().toString(),
        1,
        1,
        null,
        FenceFixture.LEASE,
        FenceFixture.LIMIT,
        OnDoubt.RERUN,
        Instant.now().plusSeconds(60),
        null,
        false);
  }

  private static long scriptsRun(RedisCommands<String, String> redis) {
    Matcher calls =
        Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+),").matcher(redis.info("commandstats"));
    long sum = 0;
    while (calls.find()) {
      sum += Long.parseLong(calls.group(1));
    }
    return sum;
  }

  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() < HIGHEST_PORT) {
          return socket.getLocalPort();
        }
      }
    }
  }
}
