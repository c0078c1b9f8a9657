package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite over a fence in a real redis-server, whose past can be changed. */
abstract class RedisConformance extends FenceConformance {

  @TempDir static Path directory;
  static TestRedis server;
  static RedisCommands<String, String> redis;

  @BeforeAll
  static void startServer() throws IOException {
    server = new TestRedis(directory);
    redis = server.commands();
  }

  @AfterAll
  static void stopServer() {
    server.close();
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
  Instant onTheFencesClock(Instant time) {
    return server.onItsClock(time);
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
  Duration expiresIn(FenceKey which) {
    String name = recordOf(which);
    long left = redis.pttl(name);
    assertThat(left).as("the record of %s expires", name).isPositive();
    return Duration.ofMillis(left);
  }

  static String recordOf(FenceKey which) {
    return new String(FenceKeys.ofSingle("test").of(which)[0], StandardCharsets.UTF_8);
  }
}
