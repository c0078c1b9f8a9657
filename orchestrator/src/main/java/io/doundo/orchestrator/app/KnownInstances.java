package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.Instances;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The instances that share the partitions, as Kafka Streams knows them by their advertised
 * addresses. Each is asked for its own figures, at most once in a few seconds however many want to
 * know. Thread-safe.
 */
final class KnownInstances implements Instances {

  static final String UNREACHABLE = "UNREACHABLE";

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A slow instance must not keep a caller waiting; the next call shows its answer. */
  private static final long LONGEST_WAIT_MS = 500;

  private final Supplier<InstanceView> own;
  private final Supplier<Map<String, List<Integer>>> assigned;
  private final Function<String, InstanceView> ask;
  private final Executor threads;
  private final LongSupplier nanos;

  private volatile Map<String, InstanceView> answers = Map.of();
  private @Nullable CompletableFuture<?> asking;
  private long askedAt;

  /**
   * @param own describes this instance
   * @param assigned the partitions of all instances with an advertised address, by that
   * @param ask asks another instance; fails when it does not answer
   */
  KnownInstances(
      Supplier<InstanceView> own,
      Supplier<Map<String, List<Integer>>> assigned,
      Function<String, InstanceView> ask,
      Executor threads,
      LongSupplier nanos) {
    this.own = own;
    this.assigned = assigned;
    this.ask = ask;
    this.threads = threads;
    this.nanos = nanos;
  }

  /** Describes this instance by its engine and its meters. */
  static InstanceView describe(
      String name,
      @Nullable StreamsEngine engine,
      @Nullable FlowIndex index,
      MeterRegistry meters,
      int partitions) {
    List<Integer> owned = new ArrayList<>();
    for (int partition = 0; engine != null && partition < partitions; partition++) {
      if (engine.owned().test(partition)) {
        owned.add(partition);
      }
    }
    Timer lateness = meters.find("doundo.timer.lateness").timer();
    return new InstanceView(
        name,
        owned,
        index == null ? null : index.state().lagMs(),
        lateness == null ? 0L : (long) lateness.max(TimeUnit.MILLISECONDS),
        engine == null ? "CREATED" : engine.state().name());
  }

  @Override
  public InstanceView own() {
    return own.get();
  }

  @Override
  public List<InstanceView> all() {
    InstanceView self = own();
    Map<String, List<Integer>> others = new TreeMap<>(assigned.get());
    others.remove(self.name());
    List<InstanceView> all = new ArrayList<>();
    all.add(self);
    if (!others.isEmpty()) {
      await(refresh(List.copyOf(others.keySet())));
      Map<String, InstanceView> known = answers;
      others.forEach(
          (address, partitions) ->
              all.add(
                  known.getOrDefault(
                      address, new InstanceView(address, partitions, null, null, UNREACHABLE))));
    }
    return all;
  }

  private synchronized CompletableFuture<?> refresh(List<String> addresses) {
    CompletableFuture<?> current = asking;
    boolean isFresh = current != null && nanos.getAsLong() - askedAt < FRESH_NANOS;
    if (current != null && (isFresh || !current.isDone())) {
      return current;
    }
    askedAt = nanos.getAsLong();
    Map<String, CompletableFuture<InstanceView>> asked = new TreeMap<>();
    addresses.forEach(
        address ->
            asked.put(address, CompletableFuture.supplyAsync(() -> answer(address), threads)));
    CompletableFuture<?> all =
        CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
            .thenRun(
                () -> {
                  Map<String, InstanceView> answered = new TreeMap<>();
                  asked.forEach((address, view) -> answered.put(address, view.join()));
                  answers = answered;
                });
    asking = all;
    return all;
  }

  private InstanceView answer(String address) {
    try {
      return ask.apply(address);
    } catch (RuntimeException e) {
      List<Integer> partitions = assigned.get().getOrDefault(address, List.of());
      return new InstanceView(address, partitions, null, null, UNREACHABLE);
    }
  }

  private static void await(CompletableFuture<?> refresh) {
    try {
      Object unused = refresh.get(LONGEST_WAIT_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller shows the earlier answers until the new ones are there.
    } catch (ExecutionException e) {
      throw new IllegalStateException("an instance that does not answer is an answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
