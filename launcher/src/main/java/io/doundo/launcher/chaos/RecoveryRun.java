package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Kills one of two orchestrators with {@code kill -9} while many flows are alive, and measures how
 * long the flows of each partition stand still.
 */
final class RecoveryRun {

  private static final String ORCHESTRATION = "recovery";
  private static final List<String> STEPS = List.of("first", "second", "third");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** How long an answer takes: flows live three times as long. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** Long enough for everything that recovers to have recovered. */
  private static final Duration WATCHED = Duration.ofSeconds(45);

  private static final long POLL_MS = 20;

  /**
   * The measurements.
   *
   * @param alive flows on their way when the orchestrator was killed
   * @param stalls for each partition, for how many ms none of its flows moved
   * @param stuck what had not come to rest at the limit, in words
   */
  record Stalls(long alive, Map<Integer, Long> stalls, List<String> stuck) {

    /** The partition that stood still the longest, in ms. */
    long longest() {
      return stalls.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }
  }

  private final int flows;
  private final boolean restarted;
  private final ChaosStack stack;
  private final RunLog log;

  /**
   * @param restarted whether the killed one is started again at once, or left dead
   */
  RecoveryRun(int flows, boolean restarted, int brokers, Path data, RunLog log) throws IOException {
    this.flows = flows;
    this.restarted = restarted;
    this.log = log;
    this.stack =
        new ChaosStack(
            new ChaosSettings(flows, ANSWER, ANSWER, 0, brokers, 2, 0), data.toAbsolutePath());
  }

  Stalls run() throws IOException, InterruptedException, ExecutionException {
    try (stack) {
      stack.start();
      log.say("all processes are up");
      try (LoadGenerator load = new LoadGenerator(stack.bootstrapServers())) {
        register(load);
        StallTimes moves = new StallTimes();
        try (AuditLogFollower watch = new AuditLogFollower(stack.bootstrapServers(), moves);
            DelayedWorker worker =
                new DelayedWorker(stack.bootstrapServers(), ORCHESTRATION, STEPS, ANSWER)) {
          Stalls measured = measure(load, moves, watch);
          worker.requireWorking();
          return measured;
        }
      }
    }
  }

  private Stalls measure(LoadGenerator load, StallTimes moves, AuditLogFollower watch)
      throws IOException, InterruptedException, ExecutionException {
    List<String> flowIds = new ArrayList<>();
    for (int i = 0; i < flows; i++) {
      flowIds.add("recovery-" + i);
      load.send(new PlannedStart(0, "recovery-" + i, ORCHESTRATION, "{}"));
    }
    load.flush();
    await("all flows are alive", () -> watch.known() == flows);
    // By now answers come, at a steady rate.
    TimeUnit.NANOSECONDS.sleep(ANSWER.toNanos());

    long alive = watch.inFlight();
    StackProcess victim = stack.orchestrators().get(0);
    log.say("%d flows are alive; kill -9 of %s".formatted(alive, victim.name()));
    moves.restart(System.nanoTime());
    if (restarted) {
      victim.killFor(Duration.ZERO, () -> {});
    } else {
      victim.kill();
    }
    TimeUnit.NANOSECONDS.sleep(WATCHED.toNanos());
    Map<Integer, Long> stalls = moves.longestStalls(System.nanoTime());
    log.say("longest stall per partition in ms: %s".formatted(stalls));

    List<String> stuck =
        new QuiescenceWait(watch, stack.bootstrapServers(), log).await(flowIds, PATIENCE);
    log.say(stuck.isEmpty() ? "nothing is stuck" : "stuck: " + stuck);
    return new Stalls(alive, stalls, stuck);
  }

  private void register(LoadGenerator load) throws InterruptedException {
    StringBuilder document =
        new StringBuilder("{orchestrationName: " + ORCHESTRATION + ", steps: [");
    STEPS.forEach(step -> document.append("{name: ").append(step).append("}, "));
    document.setLength(document.length() - 2);
    load.send(
        new ProducerRecord<>(Topics.REGISTRATION, document.append("]}").toString().getBytes(UTF_8)),
        "registration");
    load.flush();
    Registrar registrar = new Registrar(stack.bootstrapServers(), load, 0);
    await("the orchestration is registered", () -> registrar.accepted().containsKey(ORCHESTRATION));
  }

  private static void await(String what, BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("timed out while waiting until " + what);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }
}
