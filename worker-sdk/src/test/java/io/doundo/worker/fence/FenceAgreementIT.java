package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.worker.OnDoubt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fence in Redis, asked in batches and by single scripts in turn, and the one in memory give
 * the same answers over long random histories of one step: old and new claims, endings in and out
 * of order, passing time, losses. A failure message contains the history and its seed.
 */
class FenceAgreementIT {

  private static final int HISTORIES = 150;
  private static final int LENGTH = 40;

  /** Acknowledged records expire in the middle of a history, but never close to a step of time. */
  private static final FenceSettings SETTINGS =
      FenceFixture.SETTINGS.withRetentions(
          FenceFixture.SETTINGS.retention(),
          Duration.ofMinutes(7),
          FenceFixture.SETTINGS.doubtRetention());

  private static final String MARK = "test:since";

  @TempDir static Path directory;
  private static TestRedis server;
  private static LuaFence inBatches;
  private static LuaFence byScripts;

  @BeforeAll
  static void start() throws IOException {
    server = new TestRedis(directory);
    inBatches = RedisFence.single(server.uri(), SETTINGS, true);
    byScripts = RedisFence.single(server.uri(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    inBatches.close();
    byScripts.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomHistories_endAlike(long seed) {
    for (int i = 0; i < HISTORIES; i++) {
      new FenceHistory(seed * 1_000_000 + i).play();
    }
    assertThat(server.keptForEver()).as("only the mark never expires").isSubsetOf(MARK);
  }

  /** A token as issued by each of the two fences. */
  private record Granted(Token inRedis, Token inMemory, boolean isDo) {}

  private static final class FenceHistory {

    private final long seed;
    private final Random random;
    private final AtomicLong millis = new AtomicLong(server.now().toEpochMilli());
    private final InMemoryFence inMemory = new InMemoryFence(this::now, SETTINGS);
    private final FenceKey key = FenceFixture.keyOf("f-" + UUID.randomUUID());
    private final List<Claim> doClaims = new ArrayList<>();
    private final List<Claim> undoClaims = new ArrayList<>();
    private final List<Granted> granted = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    FenceHistory(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    private LuaFence inRedis() {
      return random.nextBoolean() ? inBatches : byScripts;
    }

    private Instant now() {
      return Instant.ofEpochMilli(millis.get());
    }

    void play() {
      restarted();
      for (int i = 0; i < LENGTH; i++) {
        step();
      }
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> beginDo();
        case 3, 4, 5 -> beginUndo();
        case 6, 7, 8 -> finish();
        case 9 -> renewOrAnswered();
        case 10 -> passes(random.nextInt(8) == 0 ? Duration.ofMinutes(6) : Duration.ofSeconds(21));
        default -> {
          switch (random.nextInt(6)) {
            case 0 -> {
              told.add("everything is lost");
              server.loseEverything();
              inMemory.loseEverything();
              restarted();
            }
            case 1 -> restarted();
            default -> finish();
          }
        }
      }
    }

    private void restarted() {
      // Time passes first, or the in-memory fence would reuse earlier token numbers.
      passes(Duration.ofMillis(1));
      told.add("restarted");
      server.restartNoticed(
          new String(FenceKeys.ofSingle("test").of(key)[1], StandardCharsets.UTF_8));
      inMemory.restarted();
    }

    private void passes(Duration duration) {
      told.add("passes " + duration);
      server.passes(duration);
      millis.addAndGet(duration.toMillis());
    }

    /** Sometimes an old claim, like a command that is delivered to the same worker again. */
    private Claim claim(List<Claim> earlier) {
      if (!earlier.isEmpty() && random.nextInt(4) == 0) {
        return earlier.get(random.nextInt(earlier.size()));
      }
      int attempt = 1 + random.nextInt(4);
      int generation = 1 + random.nextInt(3);
      // A lease that is longer than the step's timeout ends with it.
      boolean longLease = random.nextInt(3) == 0;
      Claim claim =
          new Claim(
              UUID.randomUUID().toString(),
              generation,
              attempt,
              random.nextInt(10) == 0 ? null : "%016x%016x".formatted(generation, attempt),
              longLease ? FenceFixture.LIMIT : FenceFixture.LEASE,
              longLease ? FenceFixture.LEASE : FenceFixture.LIMIT,
              oneOf(OnDoubt.RERUN, OnDoubt.VERIFY, OnDoubt.NEVER),
              firstSent(),
              deadline(),
              random.nextInt(4) == 0,
              random.nextInt(4) == 0 ? now().minusSeconds(7_200) : null,
              random.nextInt(4) == 0);
      earlier.add(claim);
      return claim;
    }

    private <T> T oneOf(T first, T second, T third) {
      return switch (random.nextInt(3)) {
        case 0 -> first;
        case 1 -> second;
        default -> third;
      };
    }

    private @Nullable Instant firstSent() {
      return switch (random.nextInt(4)) {
        case 0 -> null;
        case 1 -> now().minusSeconds(3_600);
        default -> now().plusSeconds(3_600);
      };
    }

    private @Nullable Instant deadline() {
      return switch (random.nextInt(4)) {
        case 0 -> now().minusSeconds(60);
        case 1 -> now().plusSeconds(60);
        default -> null;
      };
    }

    private void beginDo() {
      Claim claim = claim(doClaims);
      told.add("DO " + claim);
      DoDecision one = await(inRedis().beginDo(key, server.onItsClock(claim)));
      DoDecision other = await(inMemory.beginDo(key, claim));
      agree(describe(one), describe(other));
      if (one instanceof DoDecision.Run run) {
        granted.add(new Granted(run.token(), ((DoDecision.Run) other).token(), true));
      } else if (one instanceof DoDecision.Verify verify) {
        granted.add(new Granted(verify.token(), ((DoDecision.Verify) other).token(), true));
      }
    }

    private void beginUndo() {
      Claim claim = claim(undoClaims);
      KnownEffect effect = oneOf(KnownEffect.DONE, KnownEffect.UNKNOWN, KnownEffect.FAILED);
      told.add("UNDO " + effect + ' ' + claim);
      UndoDecision one = await(inRedis().beginUndo(key, server.onItsClock(claim), effect));
      UndoDecision other = await(inMemory.beginUndo(key, claim, effect));
      agree(describe(one), describe(other));
      if (one instanceof UndoDecision.Run run) {
        granted.add(new Granted(run.token(), ((UndoDecision.Run) other).token(), false));
      }
    }

    private void finish() {
      if (granted.isEmpty()) {
        return;
      }
      Granted one = any();
      Settled settled = one.isDo() ? doEnding() : undoEnding();
      told.add("finish " + one.inRedis().owner() + ' ' + settled);
      agree(
          await(inRedis().finish(key, one.inRedis(), settled)).toString(),
          await(inMemory.finish(key, one.inMemory(), settled)).toString());
    }

    /** A random token, the latest one most often. */
    private Granted any() {
      int index = random.nextBoolean() ? granted.size() - 1 : random.nextInt(granted.size());
      return granted.get(index);
    }

    private Settled doEnding() {
      return switch (random.nextInt(7)) {
        case 0 -> new Settled.NoEffect("refused " + random.nextInt(100), random.nextBoolean());
        case 1 -> new Settled.InDoubt("timed out " + random.nextInt(100));
        case 2 -> new Settled.Done(null);
        case 3 -> new Settled.Unchanged(null);
        case 4 -> new Settled.Unchanged(FenceFixture.json(Integer.toString(random.nextInt(100))));
        default -> new Settled.Done(FenceFixture.json(Integer.toString(random.nextInt(100))));
      };
    }

    private Settled undoEnding() {
      return random.nextInt(3) == 0
          ? new Settled.UndoThrew("locked " + random.nextInt(100))
          : new Settled.Undone();
    }

    private void renewOrAnswered() {
      if (granted.isEmpty()) {
        return;
      }
      Granted one = any();
      switch (random.nextInt(3)) {
        case 0 -> {
          told.add("answered " + one.inRedis().owner());
          Instant deadline = deadline();
          told.add("  due " + deadline);
          await(
              inRedis()
                  .answered(
                      key, one.inRedis(), deadline == null ? null : server.onItsClock(deadline)));
          await(inMemory.answered(key, one.inMemory(), deadline));
        }
        case 1 -> {
          told.add("renew " + one.inRedis().owner());
          agree(
              await(inRedis().renew(key, one.inRedis(), FenceFixture.LEASE)).toString(),
              await(inMemory.renew(key, one.inMemory(), FenceFixture.LEASE)).toString());
        }
        default -> {
          told.add("ruled out " + one.inRedis().owner());
          agree(
              await(inRedis().ruledOut(key, one.inRedis(), FenceFixture.LEASE)).toString(),
              await(inMemory.ruledOut(key, one.inMemory(), FenceFixture.LEASE)).toString());
        }
      }
    }

    private void agree(String one, String other) {
      told.add("  " + one);
      assertThat(one)
          .as("Redis, seed %s, after%n%s", seed, String.join("\n", told))
          .isEqualTo(other);
    }

    private static String describe(DoDecision decision) {
      if (decision instanceof DoDecision.Run run) {
        return "run " + run.token().owner() + (run.again() ? " again" : "");
      }
      if (decision instanceof DoDecision.Verify verify) {
        return "verify " + verify.token().owner();
      }
      if (decision instanceof DoDecision.Reply reply) {
        return "reply " + reply.token().owner() + ' ' + reply.replayed() + ' ' + reply.answer();
      }
      return "wait";
    }

    private static String describe(UndoDecision decision) {
      if (decision instanceof UndoDecision.Run run) {
        return "run " + run.token().owner() + ' ' + run.effect() + ' ' + run.result();
      }
      if (decision instanceof UndoDecision.Reply reply) {
        return "reply " + reply.token().owner() + ' ' + reply.replayed() + ' ' + reply.answer();
      }
      return "wait";
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
      return FenceFixture.done(stage);
    }
  }
}
