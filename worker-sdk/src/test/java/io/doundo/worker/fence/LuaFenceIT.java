package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.redis.UnsafeRedisException;
import io.doundo.worker.fence.redis.UnusableRecordException;
import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The fence in a real redis-server: the whole suite, and cases that only Redis has. */
class LuaFenceIT extends RedisConformance {

  private static LuaFence fence;

  @BeforeAll
  static void start() {
    fence = RedisFence.single(server.uri(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    fence.close();
  }

  @Override
  Fence fence() {
    return fence;
  }

  @Test
  void aStepsKeys_areInOneSlotOfACluster() {
    byte[][] keys = FenceKeys.ofCluster("test").of(key);
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
            Duration.ofSeconds(1),
            LIMIT,
            claim.onDoubt(),
            claim.firstSent(),
            claim.deadline(),
            false);
    runs(beginDo(brief));
    Claim second = claim(2);
    waits(beginDo(second));
    Awaitility.await().untilAsserted(() -> runsAgain(beginDo(second)));
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
          .ignoreException(CompletionException.class)
          .untilAsserted(() -> done(fence.check()));
    }
  }

  @Test
  void aRedisWithoutMemoryLeft_refusesRatherThanForgets() {
    redis.configSet("maxmemory", "1");
    try {
      assertThatThrownBy(() -> done(fence.check()))
          .hasCauseInstanceOf(FenceUnavailableException.class)
          .hasMessageContaining("OOM");
      assertThatThrownBy(() -> beginDo(claim(1)))
          .hasCauseInstanceOf(FenceUnavailableException.class)
          .hasMessageContaining("OOM");
    } finally {
      redis.configSet("maxmemory", "0");
    }
    runs(beginDo(claim(1)));
  }

  /** As on a full disk: until a snapshot succeeds again, Redis refuses every write. */
  @Test
  void aRedisThatCannotSave_isUnavailableUntilItCan() throws IOException {
    // Nobody can replace a directory by a file, whatever their rights.
    Path inTheWay = Files.createDirectory(directory.resolve("dump.rdb"));
    redis.configSet("save", "3600 1");
    try {
      snapshotEnds("err");
      assertThatThrownBy(() -> done(fence.check()))
          .hasCauseInstanceOf(FenceUnavailableException.class)
          .hasMessageContaining("MISCONF");
      assertThatThrownBy(() -> beginDo(claim(1)))
          .hasCauseInstanceOf(FenceUnavailableException.class)
          .hasMessageContaining("MISCONF");
      assertThat(redis.exists(recordOf(key))).isZero();
      long connections = connectionsReceived();
      long from = System.nanoTime();
      while (System.nanoTime() - from < Duration.ofSeconds(1).toNanos()) {
        assertThatThrownBy(() -> beginDo(claim(1)))
            .hasCauseInstanceOf(FenceUnavailableException.class);
      }
      assertThat(connectionsReceived() - connections)
          .as("however many commands are refused, there are four connections a second at most")
          .isLessThanOrEqualTo(2 + 4 * (System.nanoTime() - from) / 1_000_000_000);

      Files.delete(inTheWay);
      snapshotEnds("ok");
      done(fence.check());
      runs(beginDo(claim(1)));
    } finally {
      redis.configSet("save", "");
      Files.deleteIfExists(inTheWay);
    }
    done(fence.check());
  }

  private static void snapshotEnds(String status) {
    redis.bgsave();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(redis.info("persistence"))
                    .contains("rdb_bgsave_in_progress:0", "rdb_last_bgsave_status:" + status));
  }

  /** What has timed out here is carried out there later, and gets the same answer then. */
  @Test
  void aRedisThatIsSlow_carriesOutOnceWhatIsAskedAgain() {
    FenceSettings hasty = SETTINGS.withTimeout(Duration.ofMillis(200));
    Claim claim = claim(1);
    try (LuaFence other = RedisFence.single(server.uri(), hasty)) {
      done(other.check());
      client("PAUSE", "60000", "WRITE");
      try {
        assertThatThrownBy(() -> done(other.beginDo(key, claim)))
            .hasCauseInstanceOf(FenceUnavailableException.class)
            .hasMessageContaining("timed out");
        assertThat(redis.exists(recordOf(key))).isZero();
      } finally {
        client("UNPAUSE");
      }
      Awaitility.await().until(() -> "DOING".equals(redis.hget(recordOf(key), "st")));

      Token token = runs(done(other.beginDo(key, claim)));
      assertThat(runs(done(other.beginDo(key, claim)))).isEqualTo(token);
      waits(beginDo(claim(1)));
      says(answer(done(other.finish(key, token, new Settled.Done(REALM)))), Outcome.OK);
    }
  }

  private static void client(String... words) {
    CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
    for (String word : words) {
      arguments.add(word);
    }
    redis.dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8), arguments);
  }

  /** A master demoted to a replica by a failover: connections stay, writes are refused. */
  @Test
  void aMasterThatBecameAReplica_isUnavailable_andReconnectedUntilItAcceptsWrites() {
    doing(1);
    long connections = connectionsReceived();
    redis.replicaof("127.0.0.1", 1);
    try {
      assertThatThrownBy(() -> done(fence.beginDo(keyOf("another"), claim(1))))
          .satisfiesAnyOf(
              error -> assertThat(error).hasMessageContaining("READONLY"),
              error -> assertThat(error).hasMessageContaining("MASTERDOWN"));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> done(fence.check()))
            .hasCauseInstanceOf(FenceUnavailableException.class);
      }
      assertThat(connectionsReceived()).isGreaterThanOrEqualTo(connections + 2);
    } finally {
      redis.replicaofNoOne();
    }
    Awaitility.await()
        .ignoreException(CompletionException.class)
        .untilAsserted(() -> done(fence.check()));
    waits(beginDo(claim(1)));
  }

  private static long connectionsReceived() {
    Matcher received =
        Pattern.compile("total_connections_received:(\\d+)").matcher(redis.info("stats"));
    assertThat(received.find()).isTrue();
    return Long.parseLong(received.group(1));
  }

  /** An earlier version dropped the report of a late effect when an UNDO for it began. */
  @Test
  void aRecordOfAnEarlierVersion_tellsItsLateEffectAgainWhenTheUndoThrows() {
    Token lost = expired(1);
    finish(undoes(beginUndo(claim(1), KnownEffect.UNKNOWN)).token(), new Settled.Undone());
    finish(lost, new Settled.Done(REALM));
    Token again = undoes(beginUndo(claim(1, 2), KnownEffect.UNKNOWN)).token();
    String name = recordOf(key);
    assertThat(redis.hdel(name, "lo")).isEqualTo(1);

    finish(again, new Settled.UndoThrew("locked"));
    StepAnswer told = answer(beginDo(redelivered(claim(1))));
    says(told, Outcome.LATE_EFFECT);
    assertThat(told.result()).isEqualTo(REALM);
  }

  @Test
  void aKeyThatHoldsSomethingElse_isTheTroubleOfItsStepOnly() {
    String name = recordOf(key);
    redis.set(name, "not ours");

    assertThatThrownBy(() -> beginDo(claim(1, 2)))
        .hasCauseInstanceOf(UnusableRecordException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("WRONGTYPE")
        .hasMessageContaining("rename or delete it");
    assertThatThrownBy(() -> done(fence.note(key, "made")))
        .hasCauseInstanceOf(UnusableRecordException.class);
    done(fence.check());
    runs(done(fence.beginDo(keyOf("another"), claim(1))));
  }

  @Test
  void aUserWhoMayNotWrite_isReportedByTheCheck() {
    redis.aclSetuser(
        "reader",
        AclSetuserArgs.Builder.on()
            .nopass()
            .allKeys()
            .addCategory(AclCategory.READ)
            .addCategory(AclCategory.CONNECTION)
            .addCategory(AclCategory.SCRIPTING)
            .addCommand(CommandType.INFO)
            .addCommand(CommandType.TIME));
    try (LuaFence reader =
        RedisFence.single(server.uri().replace("redis://", "redis://reader:any@"), SETTINGS)) {
      assertThatThrownBy(() -> done(reader.check()))
          .hasCauseInstanceOf(FenceUnavailableException.class);
    } finally {
      redis.aclDeluser("reader");
    }
  }

  /** The rights that docs/workers.md tells operators to grant. */
  @Test
  void theRightsThatTheDocumentationNames_suffice() {
    redis.dispatch(
        CommandType.ACL,
        new StatusOutput<>(StringCodec.UTF8),
        new CommandArgs<>(StringCodec.UTF8)
            .add("SETUSER")
            .add("worker")
            .add("on")
            .add("nopass")
            .add("~test:*")
            .add("+evalsha")
            .add("+eval")
            .add("+info")
            .add("+time")
            .add("+get")
            .add("+set")
            .add("+exists")
            .add("+del")
            .add("+hget")
            .add("+hmget")
            .add("+hset")
            .add("+hsetnx")
            .add("+hdel")
            .add("+pexpire")
            .add("+pttl"));
    try (LuaFence worker =
        RedisFence.single(server.uri().replace("redis://", "redis://worker:any@"), SETTINGS)) {
      done(worker.check());
      Token token = runs(done(worker.beginDo(key, claim(1))));
      assertThat(done(worker.keepNote(key, token, "made", REALM))).isTrue();
      assertThat(done(worker.note(key, "made"))).isEqualTo(REALM);
      assertThat(done(worker.renew(key, token, LEASE))).isEqualTo(RenewResult.HELD);
      says(answer(done(worker.finish(key, token, new Settled.Done(REALM)))), Outcome.OK);
      done(worker.answered(key, token, now().plusSeconds(60)));
      Token undo = undoes(done(worker.beginUndo(key, claim(1), KnownEffect.DONE))).token();
      says(answer(done(worker.finish(key, undo, new Settled.Undone()))), Outcome.UNDONE);
    } finally {
      redis.aclDeluser("worker");
    }
  }

  @Test
  void aServerAlone_isLookedAtWithOneScript() {
    redis.configResetstat();
    try (LuaFence other = RedisFence.single(server.uri(), SETTINGS)) {
      done(other.check());
      runs(done(other.beginDo(keyOf("first"), claim(1))));
    }
    Matcher calls =
        Pattern.compile("cmdstat_evalsha:calls=(\\d+),").matcher(redis.info("commandstats"));
    assertThat(calls.find()).isTrue();
    assertThat(Long.parseLong(calls.group(1))).isLessThan(6);
  }

  @Test
  void aPromotionThereAndBack_isNoticed() {
    done(fence.check());
    String mark = redis.get("test:since");
    redis.replicaof("127.0.0.1", 1);
    redis.replicaofNoOne();
    Awaitility.await()
        .ignoreException(CompletionException.class)
        .untilAsserted(() -> done(fence.check()));

    assertThat(redis.get("test:since")).isNotEqualTo(mark);
  }

  @Test
  void aRunThatEndsAsTheWrongThing_changesNothing() {
    Token token = doing(1);
    assertThatThrownBy(() -> finish(token, new Settled.Undone()))
        .hasCauseInstanceOf(UnusableRecordException.class)
        .hasMessageContaining("a run of DOING cannot end as UNDONE");
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }
}
