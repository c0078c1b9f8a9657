package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.Outcome;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection stays open and says nothing: a machine is gone, a firewall forgot it. */
class SilentRedisIT {

  private static final FenceSettings IMPATIENT =
      FenceFixture.SETTINGS.withTimeout(Duration.ofMillis(400));

  @TempDir Path directory;
  private RedisServerProcess server;
  private SilentProxy proxy;
  private LuaFence fence;

  @BeforeEach
  void begin() throws IOException {
    server = RedisServerProcess.start(directory, 0);
    proxy = new SilentProxy(server.port());
    fence = RedisFence.single("redis://127.0.0.1:" + proxy.port(), IMPATIENT);
  }

  @AfterEach
  void end() throws IOException {
    fence.close();
    proxy.close();
    server.close();
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

  private void isUnavailable() {
    assertThatThrownBy(() -> FenceFixture.done(fence.check()))
        .hasCauseInstanceOf(FenceUnavailableException.class);
  }

  @Test
  void aConnectionThatHasFallenSilent_isReplacedOnceACheckIsNotAnswered() {
    FenceFixture.done(fence.check());
    FenceKey key = FenceFixture.keyOf("f-1");
    Token token = FenceFixture.runs(FenceFixture.done(fence.beginDo(key, claim())));
    int before = proxy.accepted();
    proxy.silence();

    assertThatThrownBy(
            () -> FenceFixture.done(fence.finish(key, token, new Settled.Done(FenceFixture.REALM))))
        .hasCauseInstanceOf(FenceUnavailableException.class);
    assertThat(proxy.accepted()).as("a slow answer alone is no reason").isEqualTo(before);
    isUnavailable();
    FenceFixture.done(fence.check());
    assertThat(proxy.accepted()).isEqualTo(before + 1);
    FenceFixture.says(
        FenceFixture.answer(
            FenceFixture.done(fence.finish(key, token, new Settled.Done(FenceFixture.REALM)))),
        Outcome.OK);
  }

  @Test
  void aServerThatAcceptsAndSaysNothing_isGivenUpWithinTheTimeout() {
    proxy.silentFromNowOn(true);
    isUnavailable();
    isUnavailable();
    proxy.silentFromNowOn(false);
    FenceFixture.done(fence.check());
  }
}
