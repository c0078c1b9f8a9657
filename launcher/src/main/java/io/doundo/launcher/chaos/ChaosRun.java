package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.Start;
import io.doundo.launcher.chaos.ChaosPlan.Strike;
import io.doundo.launcher.chaos.ChaosPlan.Verb;
import io.doundo.orchestrator.history.FaultWindow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Carries a plan out on a stack that is up: starts flows, lets operators interfere and faults
 * strike, each at its time; restarts what ends unasked; and then waits until all is quiet.
 */
final class ChaosRun {

  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(4);
  private static final Duration FLOWS_LIMIT = Duration.ofSeconds(60);
  private static final long SUPERVISION_MS = 300;
  private static final long POLL_MS = 5;

  /**
   * What a run has done.
   *
   * @param struck how often each fault struck
   * @param notStruck the faults that could not, because another one was in the way
   * @param fewestInFlight the fewest flows that were on their way when a fault struck
   * @param endedUnasked how often each process ended although no fault struck it
   * @param unsettled the flows that neither ended nor wait for an operator
   * @param windows in which Redis was emptied
   * @param faultsEndedAt ms since the epoch
   * @param settling how long it took until all was quiet
   */
  record Outcome(
      Map<Fault, Integer> struck,
      List<String> notStruck,
      long fewestInFlight,
      Map<String, Integer> endedUnasked,
      List<String> unsettled,
      List<FaultWindow> windows,
      long faultsEndedAt,
      Duration settling) {}

  private final ChaosPlan plan;
  private final ChaosStack stack;
  private final RunLog log;
  private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
  private final int leastInFlight;
  private final List<String> notStruck = new ArrayList<>();
  private final List<FaultWindow> windows = new CopyOnWriteArrayList<>();
  private long fewestInFlight = Long.MAX_VALUE;

  ChaosRun(ChaosPlan plan, ChaosStack stack, RunLog log) {
    this(plan, stack, log, 0);
  }

  /**
   * @param leastInFlight how many flows must be on their way before a fault strikes, however late
   *     that is
   */
  ChaosRun(ChaosPlan plan, ChaosStack stack, RunLog log, int leastInFlight) {
    this.leastInFlight = leastInFlight;
    this.plan = plan;
    this.stack = stack;
    this.log = log;
  }

  Outcome run() throws IOException, InterruptedException, ExecutionException {
    try (Traffic traffic = new Traffic(stack.bootstrapServers(), plan.longestOutage())) {
      Registrar registrar = new Registrar(stack.bootstrapServers(), traffic);
      registrar.registerAll();
      try (FlowWatch watch = new FlowWatch(stack.bootstrapServers())) {
        log.begin();
        Repeats repeats = new Repeats(stack.bootstrapServers(), traffic);
        return supervised(traffic, new Saboteur(stack, repeats, registrar), watch);
      }
    }
  }

  /** Workers crash of their own accord too, until the last of their flows has ended. */
  private Outcome supervised(Traffic traffic, Saboteur saboteur, FlowWatch watch)
      throws InterruptedException, ExecutionException {
    ExecutorService supervisor = Executors.newSingleThreadExecutor();
    try {
      supervisor.execute(this::supervise);
      disturb(traffic, saboteur, watch);
      return settle(watch);
    } finally {
      supervisor.shutdownNow();
    }
  }

  private void disturb(Traffic traffic, Saboteur saboteur, FlowWatch watch)
      throws InterruptedException, ExecutionException {
    ExecutorService hands = Executors.newCachedThreadPool();
    try {
      List<Future<?>> all = new ArrayList<>();
      all.add(hands.submit(() -> drive(traffic)));
      for (Strike strike : plan.strikes()) {
        awaitTime(strike.at());
        awaitFlows(watch);
        long inFlight = watch.inFlight();
        fewestInFlight = Math.min(fewestInFlight, inFlight);
        log.say("%s: %d flows in flight".formatted(strike.fault().label(), inFlight));
        all.add(hands.submit(() -> strike(saboteur, strike)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      traffic.flush();
      for (StackProcess process : stack.all()) {
        process.awaitReadyAgain();
      }
    } finally {
      hands.shutdownNow();
    }
  }

  /** Flows and verbs, in order of time. */
  private void drive(Traffic traffic) {
    TreeMap<Long, List<Runnable>> acts = new TreeMap<>();
    for (Start start : plan.starts()) {
      acts.computeIfAbsent(start.at(), at -> new ArrayList<>()).add(() -> traffic.send(start));
    }
    for (Verb verb : plan.verbs()) {
      acts.computeIfAbsent(verb.at(), at -> new ArrayList<>()).add(() -> traffic.send(verb));
    }
    acts.forEach(
        (at, now) -> {
          awaitTime(at);
          now.forEach(Runnable::run);
        });
  }

  private void strike(Saboteur saboteur, Strike strike) {
    try {
      long from = System.currentTimeMillis();
      String came = saboteur.strike(strike);
      if (strike.fault() == Fault.EMPTY_REDIS || strike.fault() == Fault.FLUSH_REDIS) {
        windows.add(FaultWindow.fenceLost(from, System.currentTimeMillis()));
      }
      log.say("%s: %s".formatted(strike.fault().label(), came));
      synchronized (struck) {
        struck.merge(strike.fault(), 1, Integer::sum);
      }
    } catch (IOException | RuntimeException e) {
      // Another fault was in the way, such as a broker that is down; the report counts it.
      log.say("%s could not strike: %s".formatted(strike.fault().label(), e));
      synchronized (struck) {
        notStruck.add(strike.fault().label() + ": " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(SUPERVISION_MS);
        for (StackProcess process : stack.all()) {
          String ending = process.revive();
          if (ending != null) {
            log.say("%s unexpectedly; restarting it".formatted(ending));
          }
        }
      }
    } catch (InterruptedException e) {
      // This is how it ends.
    }
  }

  private void awaitFlows(FlowWatch watch) throws InterruptedException {
    long end = System.nanoTime() + FLOWS_LIMIT.toNanos();
    while (watch.inFlight() < leastInFlight) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the run never had %d flows in flight; start more flows or let them last longer"
                .formatted(leastInFlight));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  private void awaitTime(long at) {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(0, at - log.elapsed()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Outcome settle(FlowWatch watch) throws InterruptedException, ExecutionException {
    long faultsEndedAt = System.currentTimeMillis();
    long begin = System.nanoTime();
    log.say("no more faults: %d flows in flight".formatted(watch.inFlight()));
    List<String> flows = plan.starts().stream().map(Start::flowId).toList();
    List<String> unsettled =
        new Settling(watch, stack.bootstrapServers(), log).await(flows, SETTLE_LIMIT);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    log.say("%d flows have not settled after %d s".formatted(unsettled.size(), took.toSeconds()));
    Map<String, Integer> endedUnasked = new TreeMap<>();
    stack
        .all()
        .forEach(
            process -> {
              if (process.endedUnasked() > 0) {
                endedUnasked.put(process.name(), process.endedUnasked());
              }
            });
    return new Outcome(
        struck, notStruck, fewestInFlight, endedUnasked, unsettled, windows, faultsEndedAt, took);
  }
}
