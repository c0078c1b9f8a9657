package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.RunEnding.EndingKind;
import io.doundo.worker.fence.ScriptBatches.ScriptCall;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fence in Redis: one hash for each flow and step, changed only by scripts, with the clock of
 * Redis. Every transition is one round trip; under load the usual ones share theirs, and one that
 * turns out not to be usual takes two. Thread-safe.
 */
public final class LuaFence implements Fence {

  private static final String NOTE = "n:";
  private static final byte[] NOTHING = {};

  /** The bytes of a larger result would hold up the others of a batch. */
  private static final int LARGEST_IN_BATCH = 16 * 1024;

  private final RedisConnection redis;
  private final FenceKeys keys;
  private final FenceSettings settings;
  private final String retention;
  private final String doubtRetention;
  private final String margin;
  private final String tolerance;
  private final ScriptBatches batches;

  LuaFence(RedisConnection redis, FenceKeys keys, FenceSettings settings) {
    this(redis, keys, settings, false);
  }

  /**
   * @param alwaysBatches see {@link ScriptBatches}
   */
  LuaFence(RedisConnection redis, FenceKeys keys, FenceSettings settings, boolean alwaysBatches) {
    this.redis = redis;
    this.keys = keys;
    this.settings = settings;
    this.retention = text(settings.retention());
    this.doubtRetention = text(settings.doubtRetention());
    this.margin = text(settings.acknowledgedMargin());
    this.tolerance = text(settings.clockTolerance());
    this.batches =
        new ScriptBatches(
            (keysOfBatch, arguments) ->
                redis.run(LuaScript.BATCH, ScriptOutputType.MULTI, keysOfBatch, arguments),
            redis::isAway,
            keys.marks().get(0)[1],
            bytes(tolerance, margin, retention, doubtRetention),
            alwaysBatches);
  }

  /**
   * Asks in a batch, if there are any: those of a cluster would need keys that are in one slot.
   *
   * @param transition its name in {@code batch.lua}, and its arguments
   * @param usual reads the reply of a batch
   * @param ownScript asks with the script of the transition
   */
  private <T extends @Nullable Object> CompletionStage<T> batched(
      byte[][] keysOfRecord,
      List<byte[]> transition,
      Function<Object, T> usual,
      Supplier<CompletionStage<T>> ownScript) {
    return keys.isCluster()
        ? ownScript.get()
        : batches.ask(new ScriptCall<>(keysOfRecord[0], transition, usual, ownScript));
  }

  @Override
  public CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim) {
    byte[][] keysOfRecord = keys.of(key);
    if (claim.attempt() > 1 || claim.redelivered() || claim.firstSent() == null) {
      return beginDoAlone(keysOfRecord, claim);
    }
    return batched(
        keysOfRecord,
        bytes(
            "begin-do",
            claim.owner(),
            text(claim.lease()),
            text(claim.limit()),
            text(claim.firstSent()),
            text(claim.deadline()),
            text(claim.visibleSince()),
            flag(claim.undoFailed())),
        number -> new DoDecision.Run(token(Long.parseLong(utf8((byte[]) number)), claim), false),
        () -> beginDoAlone(keysOfRecord, claim));
  }

  private CompletionStage<DoDecision> beginDoAlone(byte[][] keysOfRecord, Claim claim) {
    return redis
        .<List<Object>>run(
            LuaScript.BEGIN_DO,
            ScriptOutputType.MULTI,
            keysOfRecord,
            claim.owner(),
            Integer.toString(claim.attempt()),
            text(claim.lease()),
            text(claim.limit()),
            claim.onDoubt().name(),
            flag(claim.redelivered()),
            text(claim.firstSent()),
            tolerance,
            retention,
            text(claim.deadline()),
            doubtRetention,
            margin,
            text(claim.visibleSince()),
            flag(claim.undoFailed()))
        .thenApply(reply -> doDecision(new ScriptReply(reply), claim));
  }

  private static DoDecision doDecision(ScriptReply reply, Claim claim) {
    return switch (reply.text(0)) {
      case "RUN" -> new DoDecision.Run(token(reply.text(1), claim), reply.flag(2));
      case "VERIFY" -> new DoDecision.Verify(token(reply.text(1), claim));
      case "WAIT" -> new DoDecision.Wait(reply.millis(1));
      case "REPLY" ->
          new DoDecision.Reply(reply.answer(), token(reply.text(6), claim), reply.flag(7));
      default -> throw reply.unexpected();
    };
  }

  @Override
  public CompletionStage<UndoDecision> beginUndo(FenceKey key, Claim claim, KnownEffect effect) {
    byte[][] keysOfRecord = keys.of(key);
    if (effect != KnownEffect.DONE || claim.redelivered() || claim.generation() > 1) {
      return beginUndoAlone(keysOfRecord, claim, effect);
    }
    return batched(
        keysOfRecord,
        bytes(
            "begin-undo",
            claim.owner(),
            Integer.toString(claim.generation()),
            commandOf(claim),
            text(claim.lease()),
            text(claim.limit()),
            flag(claim.undoFailed())),
        reply -> usualUndo((List<?>) reply, claim),
        () -> beginUndoAlone(keysOfRecord, claim, effect));
  }

  private static UndoDecision usualUndo(List<?> reply, Claim claim) {
    long number = Long.parseLong(utf8((byte[]) reply.get(0)));
    byte[] result = (byte[]) reply.get(1);
    return new UndoDecision.Run(
        token(number, claim), KnownEffect.DONE, result == null ? null : RawJson.trusted(result));
  }

  private static String commandOf(Claim claim) {
    return claim.commandId() == null ? "" : claim.commandId();
  }

  private CompletionStage<UndoDecision> beginUndoAlone(
      byte[][] keysOfRecord, Claim claim, KnownEffect effect) {
    return redis
        .<List<Object>>run(
            LuaScript.BEGIN_UNDO,
            ScriptOutputType.MULTI,
            keysOfRecord,
            claim.owner(),
            Integer.toString(claim.generation()),
            commandOf(claim),
            text(claim.lease()),
            text(claim.limit()),
            effect.name(),
            text(claim.firstSent()),
            tolerance,
            retention,
            doubtRetention,
            margin,
            flag(claim.undoFailed()))
        .thenApply(reply -> undoDecision(new ScriptReply(reply), claim));
  }

  private static UndoDecision undoDecision(ScriptReply reply, Claim claim) {
    return switch (reply.text(0)) {
      case "RUN" ->
          new UndoDecision.Run(
              token(reply.text(1), claim), KnownEffect.valueOf(reply.text(2)), reply.json(3));
      case "WAIT" -> new UndoDecision.Wait(reply.millis(1));
      case "REPLY" ->
          new UndoDecision.Reply(reply.answer(), token(reply.text(6), claim), reply.flag(7));
      default -> throw reply.unexpected();
    };
  }

  @Override
  public CompletionStage<FinishResult> finish(FenceKey key, Token token, Settled settled) {
    RunEnding ending = RunEnding.of(settled);
    byte[][] keysOfRecord = keys.of(key);
    RawJson result = ending.result();
    if (ending.kind() == EndingKind.UNDONE) {
      return batched(
          keysOfRecord,
          bytes("undone", Long.toString(token.number()), token.owner()),
          undone -> new FinishResult.Reply(ending.answer(Outcome.UNDONE, false)),
          () -> finishAlone(keysOfRecord, token, ending));
    }
    if (ending.kind() != EndingKind.DONE || (result != null && result.size() > LARGEST_IN_BATCH)) {
      return finishAlone(keysOfRecord, token, ending);
    }
    return batched(
        keysOfRecord,
        bytes(
            result,
            "finish",
            Long.toString(token.number()),
            token.owner(),
            flag(ending.retryable()),
            flag(result != null)),
        done -> new FinishResult.Reply(ending.answer(Outcome.OK, false)),
        () -> finishAlone(keysOfRecord, token, ending));
  }

  private CompletionStage<FinishResult> finishAlone(
      byte[][] keysOfRecord, Token token, RunEnding ending) {
    return redis
        .<List<Object>>run(
            LuaScript.FINISH,
            ScriptOutputType.MULTI,
            keysOfRecord,
            Long.toString(token.number()),
            token.owner(),
            Integer.toString(token.generation()),
            Integer.toString(token.attempt()),
            ending.kind().name(),
            flag(ending.retryable()),
            ending.error(),
            text(ending.result()),
            flag(ending.result() != null),
            retention,
            doubtRetention,
            flag(token.undoFailed()))
        .thenApply(reply -> finished(new ScriptReply(reply), ending));
  }

  private static FinishResult finished(ScriptReply reply, RunEnding ending) {
    return switch (reply.text(0)) {
      case "REPLY" ->
          new FinishResult.Reply(ending.answer(Outcome.valueOf(reply.text(1)), reply.flag(2)));
      case "LATE" -> new FinishResult.Reply(ending.answer(Outcome.LATE_EFFECT, false));
      case "SUPERSEDED" -> new FinishResult.Superseded();
      default -> throw reply.unexpected();
    };
  }

  @Override
  public CompletionStage<RenewResult> renew(FenceKey key, Token token, Duration lease) {
    return renew(key, token, lease, false);
  }

  @Override
  public CompletionStage<RenewResult> ruledOut(FenceKey key, Token token, Duration lease) {
    return renew(key, token, lease, true);
  }

  private CompletionStage<RenewResult> renew(
      FenceKey key, Token token, Duration lease, boolean ruledOut) {
    return redis
        .<byte[]>run(
            LuaScript.RENEW,
            ScriptOutputType.VALUE,
            keys.of(key),
            Long.toString(token.number()),
            token.owner(),
            text(lease),
            flag(ruledOut))
        .thenApply(reply -> RenewResult.valueOf(utf8(reply)));
  }

  @Override
  @SuppressWarnings("NullAway") // It does not see that the answer may be null.
  public CompletionStage<Void> answered(FenceKey key, Token token, @Nullable Instant deadline) {
    byte[][] keysOfRecord = keys.of(key);
    return batched(
        keysOfRecord,
        bytes("answered", Long.toString(token.number()), token.owner(), text(deadline)),
        done -> null,
        () -> answeredAlone(keysOfRecord, token, deadline));
  }

  private CompletionStage<Void> answeredAlone(
      byte[][] keysOfRecord, Token token, @Nullable Instant deadline) {
    return redis
        .<Object>run(
            LuaScript.ANSWERED,
            ScriptOutputType.VALUE,
            keysOfRecord,
            Long.toString(token.number()),
            token.owner(),
            text(deadline),
            tolerance,
            margin,
            retention)
        .thenAccept(reply -> {});
  }

  @Override
  public CompletionStage<@Nullable RawJson> note(FenceKey key, String name) {
    return redis
        .read(keys.of(key)[0], (NOTE + name).getBytes(StandardCharsets.UTF_8))
        .thenApply(value -> value == null ? null : RawJson.trusted(value));
  }

  @Override
  public CompletionStage<Boolean> keepNote(
      FenceKey key, Token token, String name, @Nullable RawJson value) {
    return redis
        .<Long>run(
            LuaScript.KEEP_NOTE,
            ScriptOutputType.INTEGER,
            keys.of(key),
            Long.toString(token.number()),
            token.owner(),
            NOTE + name,
            text(value),
            flag(value == null),
            retention)
        .thenApply(held -> held == 1);
  }

  @Override
  public CompletionStage<Long> inDoubt() {
    return redis.inDoubt();
  }

  @Override
  public Duration retention() {
    return settings.retention();
  }

  @Override
  public CompletionStage<Void> check() {
    return redis.check();
  }

  @Override
  public void close() {
    redis.close();
  }

  /** {@code number:owner}, as the record keeps it. */
  private static Token token(String text, Claim claim) {
    int colon = text.indexOf(':');
    return new Token(
        Long.parseLong(text.substring(0, colon)),
        text.substring(colon + 1),
        claim.generation(),
        claim.attempt(),
        claim.undoFailed());
  }

  private static Token token(long number, Claim claim) {
    return new Token(
        number, claim.owner(), claim.generation(), claim.attempt(), claim.undoFailed());
  }

  private static String text(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  private static String text(@Nullable Instant instant) {
    return instant == null ? "" : Long.toString(instant.toEpochMilli());
  }

  private static String text(@Nullable RawJson json) {
    return json == null ? "" : json.toString();
  }

  private static String flag(boolean value) {
    return value ? "1" : "0";
  }

  private static List<byte[]> bytes(String... texts) {
    List<byte[]> bytes = new ArrayList<>(texts.length + 1);
    for (String text : texts) {
      bytes.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes;
  }

  /** The texts, and last the result as it is. */
  private static List<byte[]> bytes(@Nullable RawJson result, String... texts) {
    List<byte[]> bytes = bytes(texts);
    bytes.add(result == null ? NOTHING : result.bytes());
    return bytes;
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The return value of a script: texts by position. */
  private record ScriptReply(List<Object> parts) {

    byte @Nullable [] bytes(int part) {
      return (byte[]) parts.get(part);
    }

    String text(int part) {
      byte[] bytes = bytes(part);
      if (bytes == null) {
        throw unexpected();
      }
      return utf8(bytes);
    }

    boolean flag(int part) {
      return text(part).equals("1");
    }

    Duration millis(int part) {
      return Duration.ofMillis(Long.parseLong(text(part)));
    }

    @Nullable RawJson json(int part) {
      byte[] bytes = bytes(part);
      return bytes == null ? null : RawJson.trusted(bytes);
    }

    /** Outcome, retryable, error, result, result sent; and whether it may follow an UNDO. */
    StepAnswer answer() {
      String error = text(3);
      return new StepAnswer(
          Outcome.valueOf(text(1)),
          flag(2),
          error.isEmpty() ? null : error,
          json(4),
          flag(5),
          flag(8));
    }

    IllegalStateException unexpected() {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        byte[] bytes = bytes(i);
        texts.add(bytes == null ? "nil" : utf8(bytes));
      }
      return new IllegalStateException("a fence script returned unexpected values: " + texts);
    }
  }
}
