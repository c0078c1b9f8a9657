package io.doundo.worker.fence;

import io.doundo.worker.testing.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A real redis-server whose past can be changed. */
final class TestRedis implements AutoCloseable {

  /** Simulates passing time by moving all times stored in Redis into the past. */
  private static final String PASSES =
      """
      local passed = tonumber(ARGV[1])
      for _, name in ipairs(redis.call('KEYS', 'test:*')) do
        if redis.call('TYPE', name).ok == 'string' then
          local run, since = string.match(redis.call('GET', name), '^(%w*):(%d+)$')
          redis.call('SET', name, run .. ':' .. string.format('%.0f', tonumber(since) - passed))
        elseif redis.call('TYPE', name).ok == 'hash' then
          for _, field in ipairs({'lu', 'lm'}) do
            local at = redis.call('HGET', name, field)
            if at then
              redis.call('HSET', name, field, string.format('%.0f', tonumber(at) - passed))
            end
          end
          local left = redis.call('PTTL', name)
          if left >= 0 then
            redis.call('PEXPIRE', name, math.floor(left - passed))
          end
        end
      end
      """;

  /** As after a restart: another server run recorded since when absence is evidence. */
  private static final String RESTARTED =
      """
      for _, name in ipairs(redis.call('KEYS', 'test:*since')) do
        redis.call('SET', name, (string.gsub(redis.call('GET', name), '^%w*', 'another')))
      end
      """;

  /** The same, with the restart noticed at once. */
  private static final String NOTICED =
      """
      local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
      local clock = redis.call('TIME')
      local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
      redis.call('SET', KEYS[1], run .. ':' .. now)
      """;

  private final RedisServerProcess server;
  private final RedisClient client;
  private final RedisCommands<String, String> commands;
  private Duration moved = Duration.ZERO;

  TestRedis(Path directory) throws IOException {
    server = RedisServerProcess.start(directory, 0);
    client = RedisClient.create(server.uri());
    commands = client.connect().sync();
  }

  String uri() {
    return server.uri();
  }

  RedisCommands<String, String> commands() {
    return commands;
  }

  /** The time of this server's clock, as if it had been moved. */
  Instant now() {
    return Instant.now().plus(moved);
  }

  void passes(Duration duration) {
    moved = moved.plus(duration);
    commands.eval(
        PASSES, ScriptOutputType.STATUS, new String[0], Long.toString(duration.toMillis()));
  }

  /** The claim with its times on the server's clock, which cannot be moved. */
  Claim onItsClock(Claim claim) {
    Instant firstSent = claim.firstSent();
    Instant deadline = claim.deadline();
    Instant visibleSince = claim.visibleSince();
    Claim moved = FenceFixture.firstSent(claim, firstSent == null ? null : onItsClock(firstSent));
    return FenceFixture.visibleSince(
        FenceFixture.due(moved, deadline == null ? null : onItsClock(deadline)),
        visibleSince == null ? null : onItsClock(visibleSince));
  }

  Instant onItsClock(Instant time) {
    return time.minus(moved);
  }

  /** The keys that never expire. */
  List<String> keptForEver() {
    return commands.keys("*").stream().filter(key -> commands.pttl(key) == -1).sorted().toList();
  }

  void loseEverything() {
    commands.flushall();
  }

  void restarted() {
    commands.eval(RESTARTED, ScriptOutputType.STATUS);
  }

  void restartNoticed(String markOfBucket) {
    commands.eval(NOTICED, ScriptOutputType.STATUS, markOfBucket);
  }

  @Override
  public void close() {
    client.shutdown();
    server.close();
  }
}
