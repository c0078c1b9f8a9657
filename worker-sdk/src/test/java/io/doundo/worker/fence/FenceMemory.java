package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.testing.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the memory of a step's record in Redis in each state, for the table in docs/workers.md.
 * Not part of the build; {@code -Ddoundo.redis-server=/usr/bin/redis-server} measures another
 * server than the embedded one.
 */
final class FenceMemory {

  private static final int STEPS = 10_000;
  private static final RawJson RESULT = FenceFixture.json("{\"id\":\"" + "x".repeat(290) + "\"}");

  private interface StepLife {
    void of(FenceKey key);
  }

  private final LuaFence fence;
  private final RedisCommands<String, String> redis;

  private FenceMemory(LuaFence fence, RedisCommands<String, String> redis) {
    this.fence = fence;
    this.redis = redis;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("fence-memory");
    try (RedisServerProcess server = RedisServerProcess.start(directory, 0);
        RedisClient client = RedisClient.create(server.uri());
        LuaFence fence = RedisFence.single(server.uri(), FenceSettings.DEFAULTS)) {
      new FenceMemory(fence, client.connect().sync()).measure();
    }
  }

  private void measure() {
    System.out.println("Redis " + find("server", "redis_version:([\\d.]+)"));
    Map<String, StepLife> lives = new LinkedHashMap<>();
    lives.put("DOING", this::toDo);
    lives.put("DONE, not acknowledged", this::done);
    lives.put("DONE, acknowledged before its deadline", key -> answered(key, inTime()));
    lives.put("DONE, acknowledged after its deadline", key -> answered(key, Instant.now()));
    lives.put("FAILED, acknowledged before its deadline", key -> failed(key, inTime()));
    lives.put("IN_DOUBT", key -> ends(key, toDo(key), new Settled.InDoubt("connection reset")));
    lives.put("UNDONE", key -> ends(key, toUndo(key), new Settled.Undone()));
    lives.put("tombstone", this::toUndoNothing);
    lives.forEach(this::measure);
  }

  private void measure(String state, StepLife life) {
    redis.flushall();
    FenceFixture.done(fence.check());
    life.of(key());
    long memory = number("memory", "used_memory:(\\d+)");
    long log = number("persistence", "aof_current_size:(\\d+)");
    for (int i = 0; i < STEPS; i++) {
      life.of(key());
    }
    long keys = redis.dbsize();
    System.out.printf(
        "%-45s %5d B of memory, %5d B of log a step; kept for %s (%d keys)%n",
        state,
        (number("memory", "used_memory:(\\d+)") - memory) / STEPS,
        (number("persistence", "aof_current_size:(\\d+)") - log) / STEPS,
        Duration.ofMillis(redis.pttl(aRecord())),
        keys);
  }

  private String aRecord() {
    String key = redis.randomkey();
    return key.endsWith(":since") ? aRecord() : key;
  }

  private String find(String section, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(redis.info(section));
    if (!found.find()) {
      throw new IllegalStateException("Redis does not tell " + pattern);
    }
    return found.group(1);
  }

  private long number(String section, String pattern) {
    return Long.parseLong(find(section, pattern));
  }

  private static FenceKey key() {
    return new FenceKey(
        "orderProcessing",
        "reserveInventory",
        UUID.randomUUID().toString(),
        UUID.randomUUID().toString().replace("-", ""));
  }

  private static Instant inTime() {
    return Instant.now().plus(Duration.ofMinutes(5));
  }

  private static Claim claim() {
    return new Claim(
        UUID.randomUUID().toString(),
        1,
        1,
        UUID.randomUUID().toString().replace("-", ""),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        OnDoubt.RERUN,
        Instant.now().plusSeconds(60),
        inTime(),
        false);
  }

  private Token toDo(FenceKey key) {
    return FenceFixture.runs(FenceFixture.done(fence.beginDo(key, claim())));
  }

  private void ends(FenceKey key, Token token, Settled settled) {
    FenceFixture.answer(FenceFixture.done(fence.finish(key, token, settled)));
  }

  private Token done(FenceKey key) {
    Token token = toDo(key);
    ends(key, token, new Settled.Done(RESULT));
    return token;
  }

  private void answered(FenceKey key, Instant deadline) {
    FenceFixture.done(fence.answered(key, done(key), deadline));
  }

  private void failed(FenceKey key, Instant deadline) {
    Token token = toDo(key);
    ends(key, token, new Settled.NoEffect("no such tenant", true));
    FenceFixture.done(fence.answered(key, token, deadline));
  }

  private Token toUndo(FenceKey key) {
    done(key);
    return FenceFixture.undoes(FenceFixture.done(fence.beginUndo(key, claim(), KnownEffect.DONE)))
        .token();
  }

  private void toUndoNothing(FenceKey key) {
    FenceFixture.answer(FenceFixture.done(fence.beginUndo(key, claim(), KnownEffect.UNKNOWN)));
  }
}
