package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.Outcome;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fence in a real redis-server: the whole suite, and what only Redis does. */
class LuaFenceIT extends FenceConformance {

  @TempDir static Path directory;
  private static TestRedis server;
  private static RedisCommands<String, String> redis;
  private static LuaFence fence;

  @BeforeAll
  static void start() throws IOException {
    server = new TestRedis(directory);
    redis = server.commands();
    fence = RedisFence.single(server.uri(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    fence.close();
    server.close();
  }

  @Override
  Fence fence() {
    return fence;
  }

  @Override
  void passes(Duration duration) {
    server.passes(duration);
  }

  @Override
  Instant now() {
    return server.now();
  }

  @Override
  Claim onTheFencesClock(Claim claim) {
    return server.onItsClock(claim);
  }

  @Override
  void loseEverything() {
    server.loseEverything();
  }

  @Override
  void restarted() {
    server.restarted();
  }

  @Override
  boolean expires(FenceKey which) {
    String name = new String(new FenceKeys("test").of(which)[0], StandardCharsets.UTF_8);
    assertThat(redis.exists(name)).isEqualTo(1);
    return redis.pttl(name) > 0;
  }

  @Test
  void aStepsKeys_areInOneSlotOfACluster() {
    byte[][] keys = new FenceKeys("test").of(key);
    assertThat(SlotHash.getSlot(keys[0])).isEqualTo(SlotHash.getSlot(keys[1]));
  }

  @Test
  void scriptsThatRedisForgot_areLoadedAgain() {
    Token token = doing(1);
    redis.scriptFlush();
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }

  @Test
  void aTransition_isOneRoundTrip() {
    succeeded();
    redis.configResetstat();
    succeededAs(keyOf("another"));
    String stats = redis.info("commandstats");
    assertThat(stats).contains("cmdstat_evalsha:calls=2,");
    assertThat(stats).doesNotContain("cmdstat_eval:").doesNotContain("cmdstat_script");
  }

  private void succeededAs(FenceKey other) {
    Token token = runs(done(fence.beginDo(other, claim(1))));
    says(answer(done(fence.finish(other, token, new Settled.Done(REALM)))), Outcome.OK);
  }

  @Test
  void aRealLease_expiresByTheClockOfRedis() {
    Claim claim = claim(1);
    Claim brief =
        new Claim(
            claim.owner(),
            1,
            1,
            claim.commandId(),
            Duration.ofMillis(300),
            LIMIT,
            claim.onDoubt(),
            claim.firstSent(),
            claim.deadline(),
            false);
    runs(beginDo(brief));
    Claim second = claim(2);
    waits(beginDo(second));
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> runsAgain(beginDo(second)));
  }

  @Test
  void aRedisThatEvicts_isRefused() {
    redis.configSet("maxmemory-policy", "allkeys-lru");
    try (LuaFence other = RedisFence.single(server.uri(), SETTINGS)) {
      assertThatThrownBy(() -> done(other.check()))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(UnsafeRedisException.class)
          .hasMessageContaining("maxmemory-policy allkeys-lru")
          .hasMessageContaining("noeviction");
    } finally {
      redis.configSet("maxmemory-policy", "noeviction");
    }
  }

  @Test
  void aRedisThatComesBackEvicting_isNotUsedUntilItKeepsWhatItIsGiven() {
    try (LuaFence other = RedisFence.single(server.uri(), SETTINGS)) {
      done(other.check());
      redis.configSet("maxmemory-policy", "allkeys-lru");
      redis.clientKill(KillArgs.Builder.typeNormal().skipme());
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> done(other.beginDo(keyOf("evicted"), claim(1))))
                      .hasCauseInstanceOf(FenceUnavailableException.class)
                      .hasMessageContaining("maxmemory-policy allkeys-lru"));
      assertThat(redis.keys("test:*evicted*")).isEmpty();
      assertThatThrownBy(() -> done(other.check())).hasCauseInstanceOf(UnsafeRedisException.class);
      redis.configSet("maxmemory-policy", "noeviction");
      done(other.check());
      runs(done(other.beginDo(keyOf("evicted"), claim(1))));
    } finally {
      redis.configSet("maxmemory-policy", "noeviction");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .ignoreException(CompletionException.class)
          .untilAsserted(() -> done(fence.check()));
    }
  }

  @Test
  void aRedisWithoutMemoryLeft_refusesRatherThanForgets() {
    redis.configSet("maxmemory", "1");
    try {
      assertThatThrownBy(() -> beginDo(claim(1)))
          .hasCauseInstanceOf(FenceUnavailableException.class)
          .hasMessageContaining("OOM");
    } finally {
      redis.configSet("maxmemory", "0");
    }
    runs(beginDo(claim(1)));
  }

  @Test
  void aRunThatEndsAsTheWrongThing_changesNothing() {
    Token token = doing(1);
    assertThatThrownBy(() -> finish(token, new Settled.Undone()))
        .hasCauseInstanceOf(FenceUnavailableException.class)
        .hasMessageContaining("a run of DOING cannot end as UNDONE");
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }
}
