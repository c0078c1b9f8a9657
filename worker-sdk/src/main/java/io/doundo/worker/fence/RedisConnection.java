package io.doundo.worker.fence;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to Redis: connects when first asked, reconnects by itself, runs scripts, and turns every
 * failure into a {@link FenceUnavailableException}. Each new connection is examined before a
 * transition uses it: a Redis that evicts is not used until a check finds it changed. Nothing is
 * queued while Redis is away. A reply that is lost with the connection may have Lettuce send its
 * script again, which is harmless: every script may be repeated. Thread-safe.
 */
final class RedisConnection implements AutoCloseable {

  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

  private final AbstractRedisClient client;
  private final ClientResources resources;
  private final Supplier<? extends CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>>>
      connector;
  private final FenceKeys keys;
  private final String where;
  private @Nullable CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> connecting;
  private @Nullable CompletableFuture<Void> prepared;

  /**
   * @param connector opens a connection, which the client closes when it is shut down
   * @param where for messages, without credentials
   */
  RedisConnection(
      AbstractRedisClient client,
      ClientResources resources,
      Supplier<? extends CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>>> connector,
      FenceKeys keys,
      String where) {
    this.client = client;
    this.resources = resources;
    this.connector = connector;
    this.keys = keys;
    this.where = where;
    client.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisConnected(
              RedisChannelHandler<?, ?> connection, SocketAddress address) {
            reconnected();
          }
        });
  }

  /** Runs a script in one round trip, or two when this Redis does not have it yet. */
  <T> CompletionStage<T> run(
      LuaScript script, ScriptOutputType output, byte[][] recordAndMark, String... arguments) {
    byte[][] values = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      values[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
    }
    RedisClusterAsyncCommands<byte[], byte[]> ready = ready();
    if (ready != null) {
      return evaluateAtOnce(ready, script, output, recordAndMark, values);
    }
    return asked(
        redis ->
            trusted(redis)
                .thenCompose(nothing -> evaluate(redis, script, output, recordAndMark, values)));
  }

  /** The usual case, with as few stages as there can be: it is run for each transition. */
  private <T> CompletionStage<T> evaluateAtOnce(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      LuaScript script,
      ScriptOutputType output,
      byte[][] recordAndMark,
      byte[]... values) {
    try {
      return RedisConnection.<T>evaluate(redis, script, output, recordAndMark, values)
          .exceptionallyCompose(
              failure -> CompletableFuture.failedStage(unavailable(cause(failure))));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(unavailable(e));
    }
  }

  /** The connection, when it is established and trusted. */
  private synchronized @Nullable RedisClusterAsyncCommands<byte[], byte[]> ready() {
    CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> established = connecting;
    return established != null && succeeded(established) && prepared != null && succeeded(prepared)
        ? established.join()
        : null;
  }

  private static boolean succeeded(CompletableFuture<?> future) {
    return future.isDone() && !future.isCompletedExceptionally();
  }

  /** Reads one field of a hash; null when it is not there. */
  CompletionStage<byte @Nullable []> read(byte[] hash, byte[] field) {
    return asked(redis -> redis.hget(hash, field));
  }

  /** Fails unless Redis answers, and keeps what it is given. */
  CompletionStage<Void> check() {
    return connected()
        .thenCompose(
            redis ->
                examined(redis).thenCompose(nothing -> requireNoEviction(redis, keys.ofBucket(0))))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    cause(failure) instanceof UnsafeRedisException unsafe
                        ? unsafe
                        : unavailable(cause(failure))));
  }

  private static <T> CompletionStage<T> evaluate(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      LuaScript script,
      ScriptOutputType output,
      byte[][] recordAndMark,
      byte[]... values) {
    RedisFuture<T> cached = redis.evalsha(script.sha1(), output, recordAndMark, values);
    return cached.exceptionallyCompose(
        failure ->
            cause(failure) instanceof RedisNoScriptException
                ? redis.eval(script.text(), output, recordAndMark, values)
                : CompletableFuture.failedStage(failure));
  }

  private <T> CompletionStage<T> asked(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
    return connected()
        .thenCompose(question)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedStage(unavailable(cause(failure))));
  }

  private FenceUnavailableException unavailable(Throwable cause) {
    if (cause instanceof UnsafeRedisException) {
      return new FenceUnavailableException(String.valueOf(cause.getMessage()), cause);
    }
    String reason = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    return new FenceUnavailableException("Redis at " + where + ": " + reason, cause);
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** One attempt at a time; one that failed is not kept, so that the next call tries again. */
  private synchronized CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> connected() {
    CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> latest = connecting;
    if (latest == null || latest.isCompletedExceptionally()) {
      latest = connector.get().toCompletableFuture();
      connecting = latest;
      prepared = null;
    }
    return latest;
  }

  /** What is to be known of a connection before it is trusted, found out once for each. */
  private synchronized CompletableFuture<Void> trusted(
      RedisClusterAsyncCommands<byte[], byte[]> redis) {
    CompletableFuture<Void> latest = prepared;
    // That it is unsafe is an answer too: it stands until somebody checks.
    return latest != null && isUnsafe(latest) ? latest : examined(redis);
  }

  /** The same, looked at again if the last look failed or found it unsafe. */
  private synchronized CompletableFuture<Void> examined(
      RedisClusterAsyncCommands<byte[], byte[]> redis) {
    CompletableFuture<Void> latest = prepared;
    if (latest == null || latest.isCompletedExceptionally()) {
      latest = prepare(redis);
      prepared = latest;
    }
    return latest;
  }

  private static boolean isUnsafe(CompletableFuture<Void> found) {
    return found.isCompletedExceptionally()
        && found
            .handle((nothing, failure) -> cause(failure) instanceof UnsafeRedisException)
            .join();
  }

  /**
   * Notes in every bucket since when absence is evidence, and looks at the policy of every node.
   */
  private CompletableFuture<Void> prepare(RedisClusterAsyncCommands<byte[], byte[]> redis) {
    List<CompletableFuture<Void>> buckets = new ArrayList<>();
    for (int bucket = 0; bucket < FenceKeys.BUCKETS; bucket++) {
      buckets.add(requireNoEviction(redis, keys.ofBucket(bucket)).toCompletableFuture());
    }
    return CompletableFuture.allOf(buckets.toArray(CompletableFuture[]::new));
  }

  private CompletionStage<Void> requireNoEviction(
      RedisClusterAsyncCommands<byte[], byte[]> redis, byte[][] recordAndMark) {
    CompletionStage<byte[]> found =
        evaluate(redis, LuaScript.CHECK, ScriptOutputType.VALUE, recordAndMark);
    return found.thenAccept(
        bytes -> {
          String policy = new String(bytes, StandardCharsets.UTF_8);
          if (!policy.equals("noeviction")) {
            throw new UnsafeRedisException(
                "Redis at "
                    + where
                    + " has maxmemory-policy "
                    + policy
                    + ": it would forget, silently, which steps were done",
                "Set maxmemory-policy noeviction, or give the workers a Redis of their own.");
          }
        });
  }

  /**
   * A connection that came back may lead to a Redis that was restarted or emptied: the sooner that
   * is noted, the sooner absence is evidence again. It may have another policy too. Should this
   * fail, the next transition does it.
   */
  private synchronized void reconnected() {
    if (connecting != null) {
      prepared = connecting.thenCompose(this::prepare);
    }
  }

  @Override
  public void close() {
    client.shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    resources
        .shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN_TIMEOUT.toMillis());
  }
}
