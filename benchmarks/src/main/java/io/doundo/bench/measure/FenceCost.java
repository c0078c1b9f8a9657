package io.doundo.bench.measure;

import io.doundo.bench.process.CpuClock;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.DoDecision;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.RedisFence;
import io.doundo.worker.fence.Settled;
import io.doundo.worker.fence.Token;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What the fence alone costs: steps are begun, finished with a small result and acknowledged over
 * one connection to a Redis with an append-only file. Prints for each round the CPU of Redis and of
 * this process for one step, and how long one step's three calls took together.
 *
 * <p>{@code java -cp … io.doundo.bench.measure.FenceCost [rounds] [steps] [steps under way]…}
 */
public final class FenceCost {

  private static final RawJson RESULT =
      RawJson.trusted(
          "{\"realm\":\"acme\",\"id\":\"4711\",\"kept\":true}".getBytes(StandardCharsets.UTF_8));

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Fence fence;
  private final int steps;
  private final AtomicInteger begun = new AtomicInteger();
  private final Histogram micros = new ConcurrentHistogram(3);
  private final String round = UUID.randomUUID().toString();

  private FenceCost(Fence fence, int steps) {
    this.fence = fence;
    this.steps = steps;
  }

  /** Defaults: 5 rounds of 40,000 steps, 150 under way, then the same with 1 and with 10. */
  public static void main(String[] arguments) throws IOException {
    int[] numbers =
        IntStream.range(0, arguments.length).map(i -> Integer.parseInt(arguments[i])).toArray();
    int rounds = numbers.length > 0 ? numbers[0] : 5;
    int steps = numbers.length > 1 ? numbers[1] : 40_000;
    int[] underWay =
        numbers.length > 2 ? IntStream.of(numbers).skip(2).toArray() : new int[] {150, 10, 1};
    Path directory = Files.createTempDirectory("fence-cost");
    try (RedisServerProcess redis = RedisServerProcess.start(directory, 0);
        Fence fence = RedisFence.single(redis.uri(), FenceSettings.DEFAULTS)) {
      fence.check().toCompletableFuture().join();
      for (int many : underWay) {
        for (int i = 0; i < rounds; i++) {
          new FenceCost(fence, steps).run(many, redis, System.out);
        }
      }
    }
  }

  private void run(int underWay, RedisServerProcess redis, PrintStream out) {
    CpuClock clock =
        CpuClock.start(Map.of("redis", redis.handle(), "client", ProcessHandle.current()));
    long start = System.nanoTime();
    CompletableFuture<?>[] chains =
        IntStream.range(0, underWay)
            .mapToObj(i -> new CompletableFuture<Void>())
            .toArray(CompletableFuture[]::new);
    for (CompletableFuture<?> chain : chains) {
      next(chain);
    }
    CompletableFuture.allOf(chains).join();
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Double> cpu = clock.microsPerFlow(steps);
    out.printf(
        Locale.ROOT,
        "%4d under way: %7.0f steps/s; CPU us a step: Redis %5.1f, client %5.1f;"
            + " a step takes us: p50 %d, p99 %d%n",
        underWay,
        steps / seconds,
        cpu.get("redis"),
        cpu.get("client"),
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99));
  }

  /** One step after the other, until all have been begun. */
  private void next(CompletableFuture<?> end) {
    int number = begun.getAndIncrement();
    if (number >= steps) {
      end.complete(null);
      return;
    }
    long start = System.nanoTime();
    step(number)
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                end.completeExceptionally(failure);
                return;
              }
              micros.recordValue((System.nanoTime() - start) / 1_000);
              next(end);
            });
  }

  private CompletionStage<Void> step(int number) {
    Instant now = Instant.now();
    Instant deadline = now.plus(LIMIT);
    FenceKey key = new FenceKey("tenantCreation", "createRealm", round + number, "0".repeat(32));
    Claim claim =
        new Claim(
            UUID.randomUUID().toString(),
            1,
            1,
            "0123456789abcdef0123456789abcdef",
            Duration.ofSeconds(30),
            LIMIT,
            OnDoubt.RERUN,
            now.plusSeconds(30),
            deadline,
            false);
    return fence
        .beginDo(key, claim)
        .thenCompose(
            decision -> {
              Token token = ((DoDecision.Run) decision).token();
              return fence
                  .finish(key, token, new Settled.Done(RESULT))
                  .thenCompose(ended -> fence.answered(key, token, deadline));
            });
  }
}
