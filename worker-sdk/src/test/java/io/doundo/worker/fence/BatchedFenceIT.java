package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.redis.UnusableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole suite, with every transition that may be in a batch in one of its own; and what is true
 * of many in one batch.
 */
class BatchedFenceIT extends RedisConformance {

  private static final int STEPS = 200;

  private static LuaFence inBatches;
  private static LuaFence usual;

  @BeforeAll
  static void start() {
    inBatches = RedisFence.single(server.uri(), SETTINGS, true);
    usual = RedisFence.single(server.uri(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    inBatches.close();
    usual.close();
  }

  @Override
  Fence fence() {
    return inBatches;
  }

  @Test
  void aTransition_isOneBatch() {
    succeeded();
    redis.configResetstat();
    Token token = runs(done(inBatches.beginDo(keyOf("another"), claim(1))));
    finishedWell(keyOf("another"), token);
    done(inBatches.answered(keyOf("another"), token, onTheFencesClock(now().plusSeconds(60))));
    assertThat(scriptsRun()).isEqualTo(3);
    UndoDecision.Run undo =
        (UndoDecision.Run) done(inBatches.beginUndo(keyOf("another"), claim(1), KnownEffect.DONE));
    says(
        answer(done(inBatches.finish(keyOf("another"), undo.token(), new Settled.Undone()))),
        Outcome.UNDONE);
    assertThat(scriptsRun()).isEqualTo(5);
  }

  private static void finishedWell(FenceKey key, Token token) {
    says(answer(done(inBatches.finish(key, token, new Settled.Done(REALM)))), Outcome.OK);
  }

  @Test
  void manySteps_takeFewCalls_andEachGetsItsOwnAnswer() {
    done(usual.check());
    redis.configResetstat();
    List<Claim> claims = new ArrayList<>();
    List<CompletionStage<DoDecision>> begun = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      claims.add(onTheFencesClock(claim(1)));
      begun.add(usual.beginDo(keyOf("f-" + i), claims.get(i)));
    }
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      tokens.add(runs(done(begun.get(i))));
      assertThat(tokens.get(i).owner()).isEqualTo(claims.get(i).owner());
    }
    assertThat(scriptsRun()).isLessThan(STEPS / 2);

    List<CompletionStage<FinishResult>> ended = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      ended.add(usual.finish(keyOf("f-" + i), tokens.get(i), new Settled.Done(number(i))));
    }
    for (int i = 0; i < STEPS; i++) {
      StepAnswer answer = answer(done(ended.get(i)));
      says(answer, Outcome.OK);
      assertThat(answer.result()).isEqualTo(number(i));
    }

    List<CompletionStage<DoDecision>> asked = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      asked.add(usual.beginDo(keyOf("f-" + i), claim(1)));
    }
    for (int i = 0; i < STEPS; i++) {
      assertThat(answer(done(asked.get(i))).result()).isEqualTo(number(i));
    }

    redis.configResetstat();
    Instant deadline = onTheFencesClock(now().plusSeconds(60));
    List<CompletionStage<Void>> acknowledged = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      acknowledged.add(usual.answered(keyOf("f-" + i), tokens.get(i), deadline));
    }
    acknowledged.forEach(FenceFixture::done);
    assertThat(scriptsRun()).isLessThan(STEPS / 2);
    for (int i = 0; i < STEPS; i++) {
      assertThat(expiresIn(keyOf("f-" + i)))
          .isLessThan(SETTINGS.acknowledgedMargin().plus(Duration.ofSeconds(61)));
    }
  }

  private static RawJson number(int i) {
    return json("{\"number\":" + i + "}");
  }

  @Test
  void aLargeResult_isKeptAllTheSame() {
    RawJson large = json('"' + "x".repeat(20_000) + '"');
    Token token = doing(1);
    says(answer(finish(token, new Settled.Done(large))), Outcome.OK);
    assertThat(answer(beginDo(claim(1))).result()).isEqualTo(large);
    assertThat(undoes(beginUndo(claim(1), KnownEffect.DONE)).result()).isEqualTo(large);
  }

  /** Two deliveries of one command, and two commands of one step, may be in one batch. */
  @Test
  void oneStepOfManyClaims_isGivenToOne() {
    List<CompletionStage<DoDecision>> begun = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      begun.add(usual.beginDo(key, onTheFencesClock(claim(1))));
    }
    List<DoDecision> decisions = begun.stream().map(FenceFixture::done).toList();
    assertThat(decisions).filteredOn(DoDecision.Run.class::isInstance).hasSize(1);
    assertThat(decisions).filteredOn(DoDecision.Wait.class::isInstance).hasSize(STEPS - 1);
  }

  @Test
  void aRecordThatCannotBeUsed_isTheTroubleOfItsStepOnly() {
    for (int i = 0; i < STEPS; i += 10) {
      redis.set(recordOf(keyOf("f-" + i)), "not ours");
    }
    List<CompletableFuture<DoDecision>> begun = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      begun.add(usual.beginDo(keyOf("f-" + i), onTheFencesClock(claim(1))).toCompletableFuture());
    }
    for (int i = 0; i < STEPS; i++) {
      CompletableFuture<DoDecision> decision = begun.get(i);
      if (i % 10 == 0) {
        String name = recordOf(keyOf("f-" + i));
        assertThatThrownBy(() -> done(decision))
            .hasCauseInstanceOf(UnusableRecordException.class)
            .hasMessageContaining(name)
            .hasMessageContaining("rename or delete it");
      } else {
        Token token = runs(done(decision));
        FenceKey key = keyOf("f-" + i);
        says(answer(done(usual.finish(key, token, new Settled.Done(REALM)))), Outcome.OK);
      }
    }
  }

  /** The mark is read once for a batch, outside of any record's transition. */
  @Test
  void aMarkThatCannotBeUsed_leavesEachStepToItsOwnScript() {
    redis.del("test:since");
    redis.hset("test:since", "not", "ours");
    List<CompletableFuture<DoDecision>> begun = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      begun.add(usual.beginDo(keyOf("f-" + i), onTheFencesClock(claim(1))).toCompletableFuture());
    }
    for (CompletableFuture<DoDecision> decision : begun) {
      assertThatThrownBy(() -> done(decision))
          .hasCauseInstanceOf(UnusableRecordException.class)
          .hasMessageContaining("WRONGTYPE");
    }
    redis.del("test:since");
    done(usual.check());
    runs(beginDo(claim(1)));
  }

  @Test
  void withoutMemoryLeft_everyStepIsRefused_andBeginsLater() {
    redis.configSet("maxmemory", "1");
    try {
      List<CompletableFuture<DoDecision>> begun = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        LuaFence either = i % 2 == 0 ? inBatches : usual;
        begun.add(either.beginDo(keyOf("f-" + i), claim(1)).toCompletableFuture());
      }
      for (CompletableFuture<DoDecision> decision : begun) {
        assertThatThrownBy(() -> done(decision))
            .hasCauseInstanceOf(FenceUnavailableException.class)
            .hasMessageContaining("OOM");
      }
    } finally {
      redis.configSet("maxmemory", "0");
    }
    runs(done(usual.beginDo(key, claim(1))));
  }

  @Test
  void scriptsThatRedisForgot_areLoadedAgain() {
    Token token = doing(1);
    redis.scriptFlush();
    finishedWell(key, token);
  }

  private static long scriptsRun() {
    Matcher calls =
        Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+),").matcher(redis.info("commandstats"));
    long sum = 0;
    while (calls.find()) {
      sum += Long.parseLong(calls.group(1));
    }
    return sum;
  }
}
