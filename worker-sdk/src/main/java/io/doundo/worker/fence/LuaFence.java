package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The fence in Redis: one hash for each flow and step, changed only by scripts, with the clock of
 * Redis. Every transition is one round trip. Thread-safe.
 */
public final class LuaFence implements Fence {

  private static final String NOTE = "n:";

  private final RedisConnection redis;
  private final FenceKeys keys;
  private final FenceSettings settings;
  private final String retention;
  private final String doubtRetention;
  private final String margin;
  private final String tolerance;

  LuaFence(RedisConnection redis, FenceKeys keys, FenceSettings settings) {
    this.redis = redis;
    this.keys = keys;
    this.settings = settings;
    this.retention = text(settings.retention());
    this.doubtRetention = text(settings.doubtRetention());
    this.margin = text(settings.acknowledgedMargin());
    this.tolerance = text(settings.clockTolerance());
  }

  @Override
  public CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim) {
    return redis
        .<List<Object>>run(
            LuaScript.BEGIN_DO,
            ScriptOutputType.MULTI,
            keys.of(key),
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
    return redis
        .<List<Object>>run(
            LuaScript.BEGIN_UNDO,
            ScriptOutputType.MULTI,
            keys.of(key),
            claim.owner(),
            Integer.toString(claim.generation()),
            claim.commandId() == null ? "" : claim.commandId(),
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
    return redis
        .<List<Object>>run(
            LuaScript.FINISH,
            ScriptOutputType.MULTI,
            keys.of(key),
            Long.toString(token.number()),
            token.owner(),
            Integer.toString(token.generation()),
            Integer.toString(token.attempt()),
            ending.kind().name(),
            flag(ending.retryable()),
            ending.error(),
            ending.result() == null ? "" : ending.result().toString(),
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
  public CompletionStage<Void> answered(FenceKey key, Token token, @Nullable Instant deadline) {
    return redis
        .<Object>run(
            LuaScript.ANSWERED,
            ScriptOutputType.VALUE,
            keys.of(key),
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
            value == null ? "" : value.toString(),
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

  private static String text(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  private static String text(@Nullable Instant instant) {
    return instant == null ? "" : Long.toString(instant.toEpochMilli());
  }

  private static String flag(boolean value) {
    return value ? "1" : "0";
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
