package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real redis-server is killed and restarted, with and without its data. */
class RedisRestartIT extends FenceFixture {

  @TempDir Path directory;
  private RedisServerProcess server;
  private LuaFence fence;

  @Override
  @BeforeEach
  void begins() {
    try {
      server = RedisServerProcess.start(directory, 0, "--appendfsync", "always");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    fence = RedisFence.single(server.uri(), SETTINGS);
    done(fence.check());
  }

  @AfterEach
  void ends() {
    fence.close();
    server.close();
  }

  @Override
  Fence fence() {
    return fence;
  }

  @Override
  void passes(Duration duration) {
    throw new UnsupportedOperationException("time passes by itself here");
  }

  @Override
  Instant now() {
    return Instant.now();
  }

  @Override
  void loseEverything() {
    server.kill();
    try {
      server.deleteData();
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    isBack();
  }

  @Override
  void restarted() {
    server.kill();
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    isBack();
  }

  @Override
  Duration expiresIn(FenceKey which) {
    throw new UnsupportedOperationException("the suite asks this");
  }

  private void isBack() {
    Awaitility.await()
        .ignoreException(CompletionException.class)
        .untilAsserted(() -> done(fence.check()));
  }

  @Test
  void killedAndBackWithItsData_theRecordsAreThere() {
    Token token = succeeded();
    restarted();
    assertThat(answer(beginDo(claim(1))).result()).isEqualTo(REALM);
    answered(token, null);
    assertThat(answer(beginDo(claim(1))).resultSent()).isTrue();
  }

  @Test
  void killedAndBack_aRunThatWasInItsMiddleEnds() {
    Token token = doing(1);
    restarted();
    assertThat(done(fence.renew(key, token, LEASE))).isEqualTo(RenewResult.HELD);
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }

  @Test
  void killedAndBackWithItsData_absenceIsNoEvidence() {
    Claim sentBefore = firstSent(claim(1), Instant.now());
    restarted();
    undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void killedAndBackWithoutItsData_absenceIsNoEvidence() {
    succeeded();
    Claim sentBefore = firstSent(claim(1), Instant.now());
    loseEverything();
    says(answer(beginDo(redelivered(sentBefore))), Outcome.UNKNOWN);
    undoes(beginUndo(sentBefore, KnownEffect.UNKNOWN), KnownEffect.UNKNOWN, null);
  }

  @Test
  void whileDown_everyTransitionFails_andNothingIsQueued() {
    Token token = doing(1);
    server.kill();
    Awaitility.await().until(() -> fails(() -> done(fence.check())));
    assertThatThrownBy(() -> beginDo(claim(1)))
        .hasCauseInstanceOf(FenceUnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + server.port());
    assertThatThrownBy(() -> finish(token, new Settled.Done(REALM)))
        .hasCauseInstanceOf(FenceUnavailableException.class);
    restarted();
    waits(beginDo(claim(1)));
    says(answer(finish(token, new Settled.Done(REALM))), Outcome.OK);
  }

  /** Of what was asked, some is answered and some is not; what is asked again gets what it got. */
  @Test
  void killedWhileManyBegin_eachIsAnsweredOrFails_andIsTheSameAfterwards() {
    List<Claim> claims = new ArrayList<>();
    List<CompletableFuture<DoDecision>> begun = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      if (i == 1_000) {
        // On a slow disk not even the first one would be answered by now.
        done(begun.get(0));
        server.kill();
      }
      claims.add(claim(1));
      begun.add(fence.beginDo(keyOf("f-" + i), claims.get(i)).toCompletableFuture());
    }
    Map<Integer, Token> known = new HashMap<>();
    for (int i = 0; i < begun.size(); i++) {
      try {
        known.put(i, runs(done(begun.get(i))));
      } catch (CompletionException e) {
        assertThat(e).hasCauseInstanceOf(FenceUnavailableException.class);
      }
    }
    assertThat(known).as("some were answered, some not").hasSizeBetween(1, begun.size() - 1);

    restarted();
    for (int i = 0; i < claims.size(); i++) {
      FenceKey one = keyOf("f-" + i);
      Token token = runs(done(fence.beginDo(one, claims.get(i))));
      assertThat(token).isEqualTo(known.getOrDefault(i, token));
      says(answer(done(fence.finish(one, token, new Settled.Done(REALM)))), Outcome.OK);
    }
  }

  @Test
  void downAtTheStart_connectsWhenItIsThere() throws IOException {
    server.kill();
    try (LuaFence early = RedisFence.single(server.uri(), SETTINGS)) {
      assertThatThrownBy(() -> done(early.check()))
          .hasCauseInstanceOf(FenceUnavailableException.class);
      server.start();
      Awaitility.await().until(() -> !fails(() -> done(early.check())));
    }
  }

  private static boolean fails(Runnable question) {
    try {
      question.run();
      return false;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(FenceUnavailableException.class);
      return true;
    }
  }
}
