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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every script on every state of a record, in Redis and in the {@link FenceTable}: both give
 * the same answer and keep the record equally long. Each script runs on each state in a batch, if
 * it may, and by itself. Further scripts compare the resulting records.
 */
class FenceMatrixIT {

  private static final String MARK =
      new String(FenceKeys.ofSingle("test").of(FenceFixture.keyOf("f"))[1], StandardCharsets.UTF_8);

  private static final Settled DONE = new Settled.Done(FenceFixture.REALM);
  private static final Settled UNCHANGED = new Settled.Unchanged(FenceFixture.REALM);
  private static final Settled REFUSED = new Settled.NoEffect("refused", false);
  private static final Settled TIMED_OUT = new Settled.InDoubt("timed out");
  private static final Settled UNDONE = new Settled.Undone();
  private static final Settled LOCKED = new Settled.UndoThrew("locked");

  @TempDir static Path directory;
  private static TestRedis server;
  private static LuaFence inBatches;
  private static LuaFence byScripts;

  @BeforeAll
  static void start() throws IOException {
    server = new TestRedis(directory);
    inBatches = RedisFence.single(server.uri(), FenceFixture.SETTINGS, true);
    byScripts = RedisFence.single(server.uri(), FenceFixture.SETTINGS);
  }

  @AfterAll
  static void stop() {
    inBatches.close();
    byScripts.close();
    server.close();
  }

  /** How a step got into a state. */
  private static final Map<String, Consumer<Both>> STATES = new LinkedHashMap<>();

  static {
    STATES.put("absent", both -> {});
    STATES.put("doing", both -> both.toDo(1));
    STATES.put("doing, expired", both -> both.toDo(1).passes());
    STATES.put("doing, taken over", both -> both.toDo(1).passes().toDo(1));
    STATES.put("doing, an UNDO waits", both -> both.toDo(1).toUndo(1, KnownEffect.UNKNOWN));
    STATES.put("verifying", both -> both.toDo(1).passes().toDo(1, OnDoubt.VERIFY));
    STATES.put("done", both -> both.toDo(1).ends(0, DONE));
    STATES.put("done, taken over", both -> both.toDo(1).passes().toDo(1).ends(1, DONE));
    STATES.put("done, acknowledged", both -> both.toDo(1).ends(0, DONE).answered(0, 60L));
    STATES.put("done, acknowledged late", both -> both.toDo(1).ends(0, DONE).answered(0, 0L));
    STATES.put("failed", both -> both.toDo(1).ends(0, REFUSED));
    STATES.put("failed, acknowledged", both -> both.toDo(1).ends(0, REFUSED).answered(0, 60L));
    STATES.put(
        "failed, an UNDO threw",
        both -> both.toDo(1).ends(0, REFUSED).toUndo(1, KnownEffect.FAILED).ends(1, LOCKED));
    STATES.put("unchanged", both -> both.toDo(1).ends(0, UNCHANGED));
    STATES.put("unchanged, acknowledged", both -> both.toDo(1).ends(0, UNCHANGED).answered(0, 60L));
    STATES.put(
        "unchanged, an UNDO threw",
        both -> both.toDo(1).ends(0, UNCHANGED).toUndo(1, KnownEffect.DONE).ends(1, LOCKED));
    STATES.put("unchanged, leaving something", both -> both.toDoLeaving().ends(0, UNCHANGED));
    STATES.put("unchanged, taken over", both -> both.toDo(1).passes().toDo(1).ends(1, UNCHANGED));
    STATES.put(
        "unchanged, taken over, acknowledged",
        both -> both.toDo(1).passes().toDo(1).ends(1, UNCHANGED).answered(1, 60L));
    STATES.put("failed, leaving something", both -> both.toDoLeaving().ends(0, REFUSED));
    STATES.put("done after a loss", both -> both.toDoOfBefore().ends(0, DONE));
    STATES.put("in doubt after a loss", both -> both.toDoOfBefore().ends(0, TIMED_OUT));
    STATES.put("in doubt", both -> both.toDo(1).ends(0, TIMED_OUT));
    STATES.put("in doubt, never", both -> both.toDo(1).passes().toDo(1, OnDoubt.NEVER));
    STATES.put(
        "in doubt, an UNDO threw",
        both -> both.toDo(1).ends(0, TIMED_OUT).toUndo(1, KnownEffect.UNKNOWN).ends(1, LOCKED));
    STATES.put("undoing", both -> both.toDo(1).ends(0, DONE).toUndo(1, KnownEffect.DONE));
    STATES.put(
        "undoing, expired",
        both -> both.toDo(1).ends(0, DONE).toUndo(1, KnownEffect.DONE).passes());
    STATES.put(
        "undoing, of a doubt",
        both -> both.toDo(1).ends(0, TIMED_OUT).toUndo(1, KnownEffect.UNKNOWN));
    STATES.put(
        "undoing, late",
        both -> both.toDo(1).passes().toUndo(1, KnownEffect.UNKNOWN).ends(0, DONE));
    STATES.put(
        "undone", both -> both.toDo(1).ends(0, DONE).toUndo(1, KnownEffect.DONE).ends(1, UNDONE));
    STATES.put(
        "undone, late",
        both -> both.toDo(1).passes().toUndo(1, KnownEffect.UNKNOWN).ends(1, UNDONE).ends(0, DONE));
    STATES.put(
        "undone, leaving something, after a loss",
        both -> both.toDoLeaving().passes().toUndo(1, KnownEffect.UNKNOWN).lost().ends(1, UNDONE));
    STATES.put(
        "undone, late, undoing again",
        both ->
            both.toDo(1)
                .passes()
                .toUndo(1, KnownEffect.UNKNOWN)
                .ends(1, UNDONE)
                .ends(0, DONE)
                .toUndo(1, KnownEffect.UNKNOWN));
    STATES.put(
        "undone, late in doubt, undoing again, expired",
        both ->
            both.toDo(1)
                .passes()
                .toUndo(1, KnownEffect.UNKNOWN)
                .ends(1, UNDONE)
                .ends(0, TIMED_OUT)
                .toUndo(1, KnownEffect.UNKNOWN)
                .passes());
    STATES.put(
        "undone, after a doubt",
        both -> both.toDo(1).ends(0, TIMED_OUT).toUndo(1, KnownEffect.UNKNOWN).ends(1, UNDONE));
    STATES.put(
        "undone, after an acknowledged success",
        both ->
            both.toDo(1)
                .ends(0, DONE)
                .answered(0, 60L)
                .toUndo(1, KnownEffect.DONE)
                .ends(1, UNDONE));
    STATES.put(
        "undone, after a failure that left something",
        both -> both.toDoLeaving().ends(0, REFUSED).toUndo(1, KnownEffect.FAILED).ends(1, UNDONE));
    STATES.put(
        "undone, late, undone again",
        both ->
            both.toDo(1)
                .passes()
                .toUndo(1, KnownEffect.UNKNOWN)
                .ends(1, UNDONE)
                .ends(0, DONE)
                .toUndo(1, KnownEffect.UNKNOWN)
                .ends(2, UNDONE));
    STATES.put("tombstone", both -> both.toUndo(1, KnownEffect.UNKNOWN));
  }

  /** The script that is run on it. */
  private static final Map<String, Consumer<Both>> EVENTS = new LinkedHashMap<>();

  static {
    EVENTS.put("DO", both -> both.toDo(1));
    EVENTS.put("DO, attempt 2", both -> both.toDo(2));
    EVENTS.put("DO, never", both -> both.toDo(2, OnDoubt.NEVER));
    EVENTS.put("DO, verify", both -> both.toDo(2, OnDoubt.VERIFY));
    EVENTS.put("DO, delivered again", both -> both.toDo(1, OnDoubt.RERUN, true, true, null));
    EVENTS.put("DO, of before", both -> both.toDo(2, OnDoubt.RERUN, false, false, null));
    EVENTS.put("DO, again, of before", both -> both.toDo(2, OnDoubt.RERUN, true, false, null));
    EVENTS.put("DO, overdue", both -> both.toDo(2, OnDoubt.RERUN, false, true, -60L));
    EVENTS.put("DO, overdue, of before", both -> both.toDo(2, OnDoubt.RERUN, true, false, -60L));
    EVENTS.put("DO, seen long ago", Both::toDoSeenLongAgo);
    EVENTS.put("DO, of before, first", both -> both.toDoOfBefore());
    EVENTS.put("DO, leaving something", Both::toDoLeaving);
    EVENTS.put("the same again", Both::sameAgain);
    EVENTS.put("UNDO of unknown", both -> both.toUndo(1, KnownEffect.UNKNOWN));
    EVENTS.put("UNDO of done", both -> both.toUndo(1, KnownEffect.DONE));
    EVENTS.put("UNDO of failed", both -> both.toUndo(1, KnownEffect.FAILED));
    EVENTS.put("UNDO of what leaves something", Both::toUndoLeaving);
    EVENTS.put("UNDO, generation 2", both -> both.toUndo(2, KnownEffect.UNKNOWN));
    EVENTS.put("UNDO, of before", both -> both.toUndo(2, KnownEffect.UNKNOWN, false));
    EVENTS.put("the first run ends done", both -> both.ends(0, DONE));
    EVENTS.put("the first run ends unchanged", both -> both.ends(0, UNCHANGED));
    EVENTS.put("the last run ends unchanged", both -> both.ends(-1, UNCHANGED));
    EVENTS.put("the first run ends refused", both -> both.ends(0, REFUSED));
    EVENTS.put("the first run ends in doubt", both -> both.ends(0, TIMED_OUT));
    EVENTS.put("the last run ends well", both -> both.ends(-1, DONE));
    EVENTS.put("the last run ends badly", both -> both.ends(-1, LOCKED));
    EVENTS.put("renew", both -> both.renew(false));
    EVENTS.put("ruled out", both -> both.renew(true));
    EVENTS.put("acknowledged", both -> both.answered(-1, 60L));
    EVENTS.put("acknowledged, without deadline", both -> both.answered(-1, null));
    EVENTS.put("the first is acknowledged", both -> both.answered(0, 60L));
    EVENTS.put("a note", both -> both.note(-1));
    EVENTS.put("a note of the first run", both -> both.note(0));
    EVENTS.put("everything is lost, then renew", both -> both.lost().renew(false));
    EVENTS.put("everything is lost, then it ends", both -> both.lost().ends(-1, DONE));
  }

  /** The scripts that compare the result. */
  private static final Map<String, Consumer<Both>> PROBES = new LinkedHashMap<>();

  static {
    PROBES.put("DO", both -> both.toDo(3).passes().toDo(4));
    PROBES.put(
        "UNDO",
        both -> both.toUndo(1, KnownEffect.UNKNOWN).passes().toUndo(3, KnownEffect.UNKNOWN));
    PROBES.put("ends", both -> both.ends(0, DONE).ends(-1, UNDONE).toDo(1));
    PROBES.put("acknowledged", both -> both.answered(-1, 60L).toDo(1));
  }

  /** The probes before which everything is asked in batches. */
  private static final Set<String> IN_BATCHES = Set.of("UNDO", "acknowledged");

  private static Stream<String> states() {
    return STATES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("states")
  void redisAndTheTable_agree(String state) {
    EVENTS.forEach(
        (event, happens) ->
            PROBES.forEach(
                (probe, asks) -> {
                  LuaFence inRedis = IN_BATCHES.contains(probe) ? inBatches : byScripts;
                  Both both = new Both(state + " / " + event + " / " + probe, inRedis);
                  Objects.requireNonNull(STATES.get(state)).accept(both);
                  happens.accept(both);
                  asks.accept(both);
                }));
  }

  /** A token as issued by each of the two fences. */
  private record Granted(Token inRedis, Token inMemory, boolean isDo) {}

  /** One step in both fences. */
  private static final class Both {

    private final String told;
    private final LuaFence inRedis;
    private final AtomicLong millis = new AtomicLong(server.now().toEpochMilli());
    private final InMemoryFence inMemory = new InMemoryFence(this::now, FenceFixture.SETTINGS);
    private final FenceKey key = FenceFixture.keyOf("f-" + UUID.randomUUID());
    private final List<Granted> granted = new ArrayList<>();
    private @Nullable Runnable latest;

    Both(String told, LuaFence inRedis) {
      this.told = told;
      this.inRedis = inRedis;
      lost();
    }

    private Instant now() {
      return Instant.ofEpochMilli(millis.get());
    }

    Both passes() {
      server.passes(FenceFixture.LEASE);
      millis.addAndGet(FenceFixture.LEASE.toMillis());
      return this;
    }

    final Both lost() {
      server.loseEverything();
      server.restartNoticed(MARK);
      millis.incrementAndGet();
      inMemory.loseEverything();
      return this;
    }

    Both toDo(int attempt) {
      return toDo(attempt, OnDoubt.RERUN);
    }

    Both toDo(int attempt, OnDoubt onDoubt) {
      return toDo(attempt, onDoubt, false, true, null);
    }

    Both toDo(
        int attempt, OnDoubt onDoubt, boolean redelivered, boolean young, @Nullable Long dueIn) {
      Claim claim = claim(1, attempt, onDoubt, redelivered, young, dueIn);
      latest = () -> toDo(claim);
      toDo(claim);
      return this;
    }

    Both toDoLeaving() {
      Claim claim = FenceFixture.undoFailed(claim(1, 1, OnDoubt.RERUN, false, true, null));
      latest = () -> toDo(claim);
      toDo(claim);
      return this;
    }

    Both toDoOfBefore() {
      return toDo(1, OnDoubt.RERUN, false, false, null);
    }

    Both toDoSeenLongAgo() {
      Claim claim =
          FenceFixture.visibleSince(
              claim(1, 1, OnDoubt.RERUN, false, true, null), now().minusSeconds(7_200));
      latest = () -> toDo(claim);
      toDo(claim);
      return this;
    }

    Both toUndoLeaving() {
      Claim claim = FenceFixture.undoFailed(claim(1, 1, OnDoubt.RERUN, false, true, null));
      latest = () -> toUndo(claim, KnownEffect.UNKNOWN);
      toUndo(claim, KnownEffect.UNKNOWN);
      return this;
    }

    private void toDo(Claim claim) {
      DoDecision one = FenceFixture.done(inRedis.beginDo(key, server.onItsClock(claim)));
      DoDecision other = FenceFixture.done(inMemory.beginDo(key, claim));
      agree(one.accept(new Described()), other.accept(new Described()));
      if (one instanceof DoDecision.Run run) {
        granted.add(new Granted(run.token(), ((DoDecision.Run) other).token(), true));
      } else if (one instanceof DoDecision.Verify verify) {
        granted.add(new Granted(verify.token(), ((DoDecision.Verify) other).token(), true));
      }
    }

    Both toUndo(int generation, KnownEffect effect) {
      return toUndo(generation, effect, true);
    }

    Both toUndo(int generation, KnownEffect effect, boolean young) {
      Claim claim = claim(generation, 1, OnDoubt.RERUN, false, young, null);
      latest = () -> toUndo(claim, effect);
      toUndo(claim, effect);
      return this;
    }

    private void toUndo(Claim claim, KnownEffect effect) {
      UndoDecision one =
          FenceFixture.done(inRedis.beginUndo(key, server.onItsClock(claim), effect));
      UndoDecision other = FenceFixture.done(inMemory.beginUndo(key, claim, effect));
      agree(describe(one), describe(other));
      if (one instanceof UndoDecision.Run run) {
        granted.add(new Granted(run.token(), ((UndoDecision.Run) other).token(), false));
      }
    }

    Both sameAgain() {
      if (latest != null) {
        latest.run();
      }
      return this;
    }

    private Claim claim(
        int generation,
        int attempt,
        OnDoubt onDoubt,
        boolean redelivered,
        boolean young,
        @Nullable Long dueIn) {
      return new Claim(
          UUID.randomUUID().toString(),
          generation,
          attempt,
          "%016x%016x".formatted(generation, attempt),
          FenceFixture.LEASE,
          FenceFixture.LIMIT,
          onDoubt,
          young ? now().plusSeconds(60) : now().minusSeconds(7_200),
          dueIn == null ? null : now().plusSeconds(dueIn),
          redelivered);
    }

    /** The run ends like this, or like an UNDO with the corresponding ending. */
    Both ends(int run, Settled settled) {
      withRun(
          run,
          one -> {
            Settled fit = one.isDo() == isOfDo(settled) ? settled : counterpart(settled);
            agree(
                said(() -> inRedis.finish(key, one.inRedis(), fit)),
                said(() -> inMemory.finish(key, one.inMemory(), fit)));
          });
      return this;
    }

    private static boolean isOfDo(Settled settled) {
      return !(settled instanceof Settled.Undone || settled instanceof Settled.UndoThrew);
    }

    private static Settled counterpart(Settled settled) {
      boolean well = settled instanceof Settled.Done || settled instanceof Settled.Undone;
      if (isOfDo(settled)) {
        return well ? UNDONE : LOCKED;
      }
      return well ? DONE : TIMED_OUT;
    }

    private static String said(Supplier<CompletionStage<?>> asked) {
      try {
        return String.valueOf(FenceFixture.done(asked.get()));
      } catch (CompletionException e) {
        return "fails";
      }
    }

    Both renew(boolean ruledOut) {
      withRun(
          -1,
          one -> {
            Function<Fence, Function<Token, CompletionStage<RenewResult>>> asks =
                fence ->
                    token ->
                        ruledOut
                            ? fence.ruledOut(key, token, FenceFixture.LEASE)
                            : fence.renew(key, token, FenceFixture.LEASE);
            agree(
                FenceFixture.done(asks.apply(inRedis).apply(one.inRedis())).name(),
                FenceFixture.done(asks.apply(inMemory).apply(one.inMemory())).name());
          });
      return this;
    }

    Both answered(int run, @Nullable Long dueIn) {
      withRun(
          run,
          one -> {
            Instant due = dueIn == null ? null : now().plusSeconds(dueIn);
            FenceFixture.done(
                inRedis.answered(key, one.inRedis(), due == null ? null : server.onItsClock(due)));
            FenceFixture.done(inMemory.answered(key, one.inMemory(), due));
            agree("", "");
          });
      return this;
    }

    Both note(int run) {
      withRun(
          run,
          one ->
              agree(
                  said(() -> inRedis.keepNote(key, one.inRedis(), "made", FenceFixture.REALM)),
                  said(() -> inMemory.keepNote(key, one.inMemory(), "made", FenceFixture.REALM))));
      return this;
    }

    private void withRun(int run, Consumer<Granted> happens) {
      if (!granted.isEmpty()) {
        happens.accept(
            granted.get(run < 0 ? granted.size() - 1 : Math.min(run, granted.size() - 1)));
      }
    }

    private void agree(String one, String other) {
      assertThat(one).as("%s, in Redis", told).isEqualTo(other);
      String record = new String(FenceKeys.ofSingle("test").of(key)[0], StandardCharsets.UTF_8);
      long left = server.commands().pttl(record);
      if (left == -2) {
        assertThat(inMemory.expiresIn(key))
            .as("%s: absent", told)
            .isGreaterThan(Duration.ofDays(999));
      } else {
        assertThat(Duration.ofMillis(left))
            .as("%s, kept by Redis", told)
            .isCloseTo(inMemory.expiresIn(key), Duration.ofSeconds(15));
      }
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
  }

  private static final class Described implements DoDecision.Handler<String> {
    @Override
    public String on(DoDecision.Run run) {
      return "run " + run.token().owner() + (run.again() ? " again" : "");
    }

    @Override
    public String on(DoDecision.Verify verify) {
      return "verify " + verify.token().owner();
    }

    @Override
    public String on(DoDecision.Wait wait) {
      return "wait";
    }

    @Override
    public String on(DoDecision.Reply reply) {
      return "reply " + reply.token().owner() + ' ' + reply.replayed() + ' ' + reply.answer();
    }
  }
}
