package io.doundo.worker.fence;

import io.doundo.worker.fence.redis.UnsafeRedisException;
import io.doundo.worker.fence.redis.UnusableRecordException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.Range;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis: connects on first use, reconnects on its own, runs scripts, and turns
 * every failure into a {@link FenceUnavailableException}, or into an {@link
 * UnusableRecordException} when it concerns one record only. Each new connection is examined before
 * a transition uses it: a Redis that evicts is not used until a check finds it changed, and a
 * connection is given up that leads to a server that has become a replica, or over which not even a
 * check is answered. Nothing is queued while Redis is away, and nothing is sent again: a script
 * whose reply is lost with the connection fails, and whoever asked may repeat it. Thread-safe.
 */
final class RedisConnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Each command is repeated while Redis refuses writes, and each refusal asks for a connection.
   */
  private static final long CONNECT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final long WARN_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * A connection.
   *
   * @param state to close it by
   */
  record Established(
      StatefulConnection<byte[], byte[]> state,
      RedisClusterAsyncCommands<byte[], byte[]> commands) {}

  private final AbstractRedisClient client;
  private final ClientResources resources;
  private final Supplier<? extends CompletionStage<Established>> connector;
  private final FenceKeys keys;
  private final String where;
  private @Nullable CompletableFuture<Established> connecting;
  private @Nullable CompletableFuture<Void> prepared;
  private long connectFrom = System.nanoTime();
  private long warnFrom = System.nanoTime();
  private final MarkThrottle marks;
  private volatile boolean away;

  /** A transition was not answered in time, and no check was since. */
  private volatile boolean silent;

  /**
   * @param connector opens a connection, which the client closes when it is shut down
   * @param where for messages, without credentials
   */
  RedisConnection(
      AbstractRedisClient client,
      ClientResources resources,
      Supplier<? extends CompletionStage<Established>> connector,
      FenceKeys keys,
      String where) {
    this.client = client;
    this.resources = resources;
    this.connector = connector;
    this.keys = keys;
    this.where = where;
    this.marks = new MarkThrottle(keys.isCluster());
    resources
        .eventBus()
        .get()
        .filter(ClusterTopologyChangedEvent.class::isInstance)
        .subscribe(changed -> topologyChanged());
    client.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisConnected(
              RedisChannelHandler<?, ?> connection, SocketAddress address) {
            if (isOurs(connection)) {
              away = false;
            }
            reconnected();
          }

          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            if (isOurs(connection)) {
              away = true;
            }
            if (!connection.isClosed()) {
              nodeIsLost();
            }
          }
        });
  }

  /** Not by us: whatever answers there next may be another server, or one that was restarted. */
  private synchronized void nodeIsLost() {
    marks.suspect();
  }

  /** A replica may have been promoted, to which no connection need have been new. */
  private synchronized void topologyChanged() {
    marks.suspect();
    reconnected();
  }

  /** The client has other connections too, such as those to sentinels. */
  @SuppressWarnings("ReferenceEquality") // It is about this very connection.
  private synchronized boolean isOurs(RedisChannelHandler<?, ?> connection) {
    CompletableFuture<Established> established = connecting;
    return established != null
        && succeeded(established)
        && (Object) established.join().state() == connection;
  }

  /** Whether the connection was lost and is not back yet: what is asked now fails at once. */
  boolean isAway() {
    return away;
  }

  /** Runs a script in one round trip, or two when this Redis does not have it yet. */
  <T> CompletionStage<T> run(
      LuaScript script, ScriptOutputType output, byte[][] keysOfRecord, String... arguments) {
    byte[][] values = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      values[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
    }
    return run(script, output, keysOfRecord, values);
  }

  /** The same with arguments that are bytes already. Error messages name the first key. */
  <T> CompletionStage<T> run(
      LuaScript script, ScriptOutputType output, byte[][] keysOfRecord, byte[][] values) {
    Established ready = ready();
    if (ready != null) {
      return evaluateAtOnce(ready, script, output, keysOfRecord, values);
    }
    return asked(
        keysOfRecord[0],
        redis ->
            trusted(redis)
                .thenCompose(
                    nothing -> evaluate(redis.commands(), script, output, keysOfRecord, values)));
  }

  /** The usual case, with as few stages as there can be: it is run for each transition. */
  private <T> CompletionStage<T> evaluateAtOnce(
      Established redis,
      LuaScript script,
      ScriptOutputType output,
      byte[][] keysOfRecord,
      byte[]... values) {
    byte[] record = keysOfRecord[0];
    try {
      RedisFuture<T> cached = redis.commands().evalsha(script.sha1(), output, keysOfRecord, values);
      return cached.exceptionallyCompose(
          failure ->
              cause(failure) instanceof RedisNoScriptException
                  ? this.<T>evaluateText(redis, script, output, keysOfRecord, values)
                  : CompletableFuture.failedStage(failed(redis, record, cause(failure))));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(failed(redis, record, e));
    }
  }

  private <T> CompletionStage<T> evaluateText(
      Established redis,
      LuaScript script,
      ScriptOutputType output,
      byte[][] keysOfRecord,
      byte[]... values) {
    try {
      RedisFuture<T> sent = redis.commands().eval(script.text(), output, keysOfRecord, values);
      return sent.exceptionallyCompose(
          failure -> CompletableFuture.failedStage(failed(redis, keysOfRecord[0], cause(failure))));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(failed(redis, keysOfRecord[0], e));
    }
  }

  /** The connection, when it is established and trusted. */
  private synchronized @Nullable Established ready() {
    CompletableFuture<Established> established = connecting;
    return established != null && succeeded(established) && prepared != null && succeeded(prepared)
        ? established.join()
        : null;
  }

  private static boolean succeeded(CompletableFuture<?> future) {
    return future.isDone() && !future.isCompletedExceptionally();
  }

  /** Reads one field of a hash; null when it is not there. */
  CompletionStage<byte @Nullable []> read(byte[] hash, byte[] field) {
    return asked(hash, redis -> redis.commands().hget(hash, field));
  }

  /**
   * Fails unless Redis answers, takes writes, and keeps what it is given. When it does not answer
   * in time, the next call connects anew: a connection whose other end is gone without a word stays
   * open for a quarter of an hour.
   */
  CompletionStage<Void> check() {
    return asked(
        null,
        redis ->
            inspected(redis)
                .exceptionallyCompose(
                    failure -> {
                      if (cause(failure) instanceof RedisCommandTimeoutException timeout) {
                        giveUp(redis, String.valueOf(timeout.getMessage()));
                      }
                      return CompletableFuture.failedStage(failure);
                    }));
  }

  /** Asks one node, and after a silence all: that of the first mark need not be the silent one. */
  private CompletionStage<Void> inspected(Established redis) {
    boolean all = silent;
    silent = false;
    return examined(redis)
        .thenCompose(
            nothing ->
                all ? prepare(redis) : requireNoEviction(redis.commands(), keys.marks().get(0)));
  }

  /** The number of records in doubt: takes one request, and in a cluster one for each bucket. */
  CompletionStage<Long> inDoubt() {
    Range<Long> kept =
        Range.from(
            Range.Boundary.excluding(System.currentTimeMillis()), Range.Boundary.unbounded());
    return asked(
        null,
        redis -> {
          CompletionStage<Long> sum = CompletableFuture.completedStage(0L);
          for (byte[][] mark : keys.marks()) {
            sum = sum.thenCombine(redis.commands().zcount(mark[2], kept), Long::sum);
          }
          return sum;
        });
  }

  private static <T> CompletionStage<T> evaluate(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      LuaScript script,
      ScriptOutputType output,
      byte[][] keysOfRecord,
      byte[]... values) {
    RedisFuture<T> cached = redis.evalsha(script.sha1(), output, keysOfRecord, values);
    return cached.exceptionallyCompose(
        failure ->
            cause(failure) instanceof RedisNoScriptException
                ? redis.eval(script.text(), output, keysOfRecord, values)
                : CompletableFuture.failedStage(failure));
  }

  private <T> CompletionStage<T> asked(
      byte @Nullable [] record, Function<Established, CompletionStage<T>> question) {
    CompletableFuture<Established> connected = connected();
    return connected
        .thenCompose(question)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    failed(
                        succeeded(connected) ? connected.join() : null, record, cause(failure))));
  }

  /**
   * The failure as reported to the caller.
   *
   * @param redis null when there was no connection
   * @param record null when the question was about none
   */
  private RuntimeException failed(
      @Nullable Established redis, byte @Nullable [] record, Throwable cause) {
    if (cause instanceof UnsafeRedisException unsafe) {
      return record == null
          ? unsafe
          : new FenceUnavailableException(String.valueOf(cause.getMessage()), cause);
    }
    String reason = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    RedisFailure concerns = RedisFailure.of(cause);
    if (concerns == RedisFailure.RECORD && record != null) {
      return new UnusableRecordException(
          "The record "
              + new String(record, StandardCharsets.UTF_8)
              + " in Redis at "
              + where
              + " cannot be used, so its step does not run: "
              + reason
              + ". If the key does not belong to the fence, rename or delete it",
          cause);
    }
    String words = RedisFailure.words(reason);
    if (concerns == RedisFailure.CONNECTION && redis != null) {
      giveUp(redis, words);
    } else if (cause instanceof RedisCommandTimeoutException) {
      silent = true;
    }
    return new FenceUnavailableException("Redis at " + where + ": " + words, cause);
  }

  /** The address may now lead to another server, so the next call reconnects. */
  @SuppressWarnings("ReferenceEquality") // It is about this very connection.
  private synchronized void giveUp(Established redis, String reason) {
    if (connecting != null && succeeded(connecting) && connecting.join() == redis) {
      long now = System.nanoTime();
      if (now - warnFrom >= 0) {
        warnFrom = now + WARN_PAUSE_NANOS;
        log.warn("Reconnecting to Redis at {}: {}", where, reason);
      } else {
        log.debug("Reconnecting to Redis at {}: {}", where, reason);
      }
      connecting = null;
      prepared = null;
      CompletableFuture<Void> unused = redis.state().closeAsync();
    }
  }

  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** One attempt at a time; one that failed is not kept, so that the next call tries again. */
  private synchronized CompletableFuture<Established> connected() {
    CompletableFuture<Established> latest = connecting;
    if (latest == null || latest.isCompletedExceptionally()) {
      latest = connect();
      connecting = latest;
      prepared = null;
      away = false;
    }
    return latest;
  }

  /** Not sooner than a pause after the connection before. */
  private CompletableFuture<Established> connect() {
    long now = System.nanoTime();
    long wait = Math.max(0, connectFrom - now);
    connectFrom = now + wait + CONNECT_PAUSE_NANOS;
    return wait == 0
        ? connector.get().toCompletableFuture()
        : CompletableFuture.<CompletionStage<Established>>supplyAsync(
                connector::get, CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS))
            .thenCompose(Function.identity());
  }

  /** The checks that a connection must pass once before it is trusted. */
  private synchronized CompletableFuture<Void> trusted(Established redis) {
    CompletableFuture<Void> latest = prepared;
    // "Unsafe" is an answer too, valid until the next check.
    return latest != null && isUnsafe(latest) ? latest : examined(redis);
  }

  /** The same, looked at again if the last look failed or found it unsafe. */
  private synchronized CompletableFuture<Void> examined(Established redis) {
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
   * Notes with every mark since when absence is evidence, and looks at the policy of every node.
   */
  private synchronized CompletableFuture<Void> prepare(Established redis) {
    marks.checking(System.nanoTime());
    return CompletableFuture.allOf(
        keys.marks().stream()
            .map(mark -> requireNoEviction(redis.commands(), mark).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  private CompletionStage<Void> requireNoEviction(
      RedisClusterAsyncCommands<byte[], byte[]> redis, byte[][] keysOfRecord) {
    CompletionStage<byte[]> found =
        evaluate(redis, LuaScript.CHECK, ScriptOutputType.VALUE, keysOfRecord);
    return found.thenAccept(
        bytes -> {
          String policy = new String(bytes, StandardCharsets.UTF_8);
          if (!policy.equals("noeviction")) {
            throw new UnsafeRedisException(
                "Redis at "
                    + where
                    + " has maxmemory-policy "
                    + policy
                    + ": it could silently evict the records of finished steps",
                "Set maxmemory-policy noeviction, or use a separate Redis for the workers.");
          }
        });
  }

  /**
   * A connection that came back may lead to a Redis that was restarted or emptied: the sooner that
   * is noted, the sooner absence is evidence again. It may have another policy too. Should this
   * fail, the next transition does it.
   */
  private synchronized void reconnected() {
    if (connecting != null && (prepared == null || marks.isDue(System.nanoTime()))) {
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
