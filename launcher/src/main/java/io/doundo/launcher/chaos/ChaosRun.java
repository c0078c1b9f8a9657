package io.doundo.launcher.chaos;

import io.doundo.history.FaultWindow;
import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import io.doundo.launcher.chaos.ChaosPlan.PlannedSignal;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.chaos.ChaosPlan.PlannedVerb;
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

  /** Beside the longest outage: what was sent during it is worked off afterwards. */
  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(4);

  private static final Duration FLOWS_LIMIT = Duration.ofSeconds(60);
  private static final long SUPERVISION_MS = 300;
  private static final long POLL_MS = 5;

  /**
   * The result of a run.
   *
   * @param injected how often each fault struck
   * @param notInjected the faults that could not, because another one was in the way
   * @param fewestInFlight the fewest flows that were on their way when a fault struck
   * @param endedUnasked how often each process ended although no fault struck it
   * @param unsettled what had not come to rest at the limit, in words: flows that neither ended nor
   *     wait for an operator, groups that have not read
   * @param windows in which Redis was emptied
   * @param faultsEndedAt ms since the epoch
   * @param quiescence how long it took until all was quiet
   */
  record RunResult(
      Map<Fault, Integer> injected,
      List<String> notInjected,
      long fewestInFlight,
      Map<String, Integer> endedUnasked,
      List<String> unsettled,
      List<FaultWindow> windows,
      long faultsEndedAt,
      Duration quiescence) {}

  private final ChaosPlan plan;
  private final ChaosStack stack;
  private final RunLog log;
  private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
  private final int leastInFlight;
  private final Duration settleLimit;
  private final List<String> notInjected = new ArrayList<>();
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
    this(plan, stack, log, leastInFlight, SETTLE_LIMIT);
  }

  /**
   * @param leastInFlight how many flows must be on their way before a fault strikes, however late
   *     that is
   * @param settleLimit how long flows may take to end after the last fault, beside the longest
   *     outage
   */
  ChaosRun(ChaosPlan plan, ChaosStack stack, RunLog log, int leastInFlight, Duration settleLimit) {
    this.leastInFlight = leastInFlight;
    this.settleLimit = settleLimit;
    this.plan = plan;
    this.stack = stack;
    this.log = log;
  }

  RunResult run() throws IOException, InterruptedException, ExecutionException {
    try (LoadGenerator load = new LoadGenerator(stack.bootstrapServers(), plan.longestOutage())) {
      Registrar registrar =
          new Registrar(stack.bootstrapServers(), load, plan.settings().attempts());
      registrar.registerAll();
      try (AuditLogFollower watch = new AuditLogFollower(stack.bootstrapServers())) {
        log.begin();
        RecordDuplicator duplicator = new RecordDuplicator(stack.bootstrapServers(), load);
        return supervised(load, new FaultInjector(stack, duplicator, registrar), watch);
      }
    }
  }

  /** Workers also crash on request of a flow, until the last flow has ended. */
  private RunResult supervised(LoadGenerator load, FaultInjector injector, AuditLogFollower watch)
      throws InterruptedException, ExecutionException {
    ExecutorService supervisor = Executors.newSingleThreadExecutor();
    try {
      supervisor.execute(this::supervise);
      disturb(load, injector, watch);
      return settle(watch);
    } finally {
      supervisor.shutdownNow();
    }
  }

  private void disturb(LoadGenerator load, FaultInjector injector, AuditLogFollower watch)
      throws InterruptedException, ExecutionException {
    ExecutorService hands = Executors.newCachedThreadPool();
    try {
      List<Future<?>> all = new ArrayList<>();
      all.add(hands.submit(() -> drive(load)));
      for (PlannedFault planned : plan.faults()) {
        awaitTime(planned.at());
        awaitFlows(watch);
        long inFlight = watch.inFlight();
        fewestInFlight = Math.min(fewestInFlight, inFlight);
        log.say("%s: %d flows in flight".formatted(planned.fault().label(), inFlight));
        all.add(hands.submit(() -> inject(injector, planned)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      load.flush();
      for (StackProcess process : stack.all()) {
        process.awaitReadyAgain();
      }
    } finally {
      hands.shutdownNow();
    }
  }

  /** Flows, verbs and signals, in order of time. */
  private void drive(LoadGenerator load) {
    TreeMap<Long, List<Runnable>> acts = new TreeMap<>();
    for (PlannedStart start : plan.starts()) {
      acts.computeIfAbsent(start.at(), at -> new ArrayList<>()).add(() -> load.send(start));
    }
    for (PlannedVerb verb : plan.verbs()) {
      acts.computeIfAbsent(verb.at(), at -> new ArrayList<>()).add(() -> load.send(verb));
    }
    for (PlannedSignal signal : plan.signals()) {
      acts.computeIfAbsent(signal.at(), at -> new ArrayList<>()).add(() -> load.send(signal));
    }
    acts.forEach(
        (at, now) -> {
          awaitTime(at);
          now.forEach(Runnable::run);
        });
  }

  private void inject(FaultInjector injector, PlannedFault planned) {
    try {
      long from = System.currentTimeMillis();
      String came = injector.inject(planned);
      if (planned.fault() == Fault.EMPTY_REDIS || planned.fault() == Fault.FLUSH_REDIS) {
        windows.add(FaultWindow.fenceLost(from, System.currentTimeMillis()));
      }
      log.say("%s: %s".formatted(planned.fault().label(), came));
      synchronized (injected) {
        injected.merge(planned.fault(), 1, Integer::sum);
      }
    } catch (IOException | RuntimeException e) {
      // Another fault was in the way, such as a broker that is down; the report counts it.
      log.say("%s could not strike: %s".formatted(planned.fault().label(), e));
      synchronized (injected) {
        notInjected.add(planned.fault().label() + ": " + e.getMessage());
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

  private void awaitFlows(AuditLogFollower watch) throws InterruptedException {
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

  private RunResult settle(AuditLogFollower watch) throws InterruptedException, ExecutionException {
    long faultsEndedAt = System.currentTimeMillis();
    long begin = System.nanoTime();
    log.say("no more faults: %d flows in flight".formatted(watch.inFlight()));
    List<String> flows = plan.starts().stream().map(PlannedStart::flowId).toList();
    List<String> unsettled =
        new QuiescenceWait(watch, stack.bootstrapServers(), log)
            .await(flows, settleLimit.plus(plan.longestOutage()));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    log.say(
        unsettled.isEmpty()
            ? "everything has come to rest after %d s".formatted(took.toSeconds())
            : "not settled after %d s: %s".formatted(took.toSeconds(), unsettled));
    Map<String, Integer> endedUnasked = new TreeMap<>();
    stack
        .all()
        .forEach(
            process -> {
              if (process.endedUnasked() > 0) {
                endedUnasked.put(process.name(), process.endedUnasked());
              }
            });
    return new RunResult(
        injected,
        notInjected,
        fewestInFlight,
        endedUnasked,
        unsettled,
        windows,
        faultsEndedAt,
        took);
  }
}
