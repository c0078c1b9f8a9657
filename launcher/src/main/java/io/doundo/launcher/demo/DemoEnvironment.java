package io.doundo.launcher.demo;

import io.doundo.launcher.dev.DataCleaner;
import io.doundo.launcher.dev.DataLock;
import io.doundo.launcher.dev.DevChildren;
import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.dev.DevRefusedException;
import io.doundo.launcher.dev.ProcessGroup;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.PortOwner;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The installation under the demo: running processes, plus those it starts itself. Processes
 * started here are stopped at the end, once, by the first thread that gets there.
 */
public final class DemoEnvironment {

  private static final long POLL_MILLIS = 200;
  private static final long START_SECONDS = 60;
  private static final long WORKERS_SECONDS = 10;
  private static final long SERVED_SECONDS = 30;

  private static final Pattern RUN = Pattern.compile("demo-(\\d{1,18})");

  private final DevPlan plan;
  private final boolean devRuns;
  private final Screen screen;
  private final InstallationProbe probe;
  private final ProcessGroup processes;
  private final Path run;
  private @Nullable DataLock lock;
  private @Nullable DevChildren children;
  private volatile String stopped = "Demo stopped before it finished.";

  /**
   * Prepares to look for what runs.
   *
   * @param devRuns whether a running {@code doundo dev} holds the data directory
   */
  public DemoEnvironment(DevPlan plan, boolean devRuns, InstallationProbe probe, Screen screen) {
    this.plan = plan;
    this.devRuns = devRuns;
    this.probe = probe;
    this.screen = screen;
    this.processes = new ProcessGroup(plan, screen.stream());
    this.run = plan.data().resolve("demo-" + ProcessHandle.current().pid());
  }

  /** Brings up what does not run, and waits until the workers serve these topics. */
  void prepare(Collection<String> topics) throws DemoFailure, IOException, InterruptedException {
    prepareService();
    if (probe.workers().isEmpty() && !(devRuns && workersCome())) {
      startWorkers("Example workers", "demo-workers", run.getFileName().toString());
    } else {
      screen.line("  %-15s already running".formatted("Example workers"));
    }
    awaitServed(topics);
  }

  /** Brings up those of the broker, Redis and the orchestrator that do not run. */
  public void prepareService() throws DemoFailure, IOException, InterruptedException {
    clearUpAfterOthers();
    if (devRuns) {
      awaitDev();
    }
    boolean broker = probe.kafkaAnswers();
    boolean redis = probe.redisAnswers();
    boolean orchestrator = probe.orchestratorIsReady();
    if (orchestrator && !broker) {
      throw new DemoFailure(
          "An orchestrator answers at %s, but no Kafka broker at %s. Set the broker's port: --kafka-port PORT"
              .formatted(plan.url(), plan.bootstrapServers()));
    }
    if (!(broker && redis && orchestrator)) {
      take();
    }
    DevChildren start = children();
    bring("Kafka broker", broker, plan.kafkaPort(), start.broker(), start::brokerIsReady);
    bring("Redis", redis, plan.redisPort(), start.redis(), () -> true);
    bring(
        "Orchestrator",
        orchestrator,
        plan.httpPort(),
        start.orchestrator(),
        start::orchestratorIsReady);
  }

  /** A demo that was killed could not delete what its children were loaded from. */
  private void clearUpAfterOthers() throws IOException {
    Files.createDirectories(plan.data());
    try (Stream<Path> entries = Files.list(plan.data())) {
      for (Path entry : entries.toList()) {
        Matcher other = RUN.matcher(entry.getFileName().toString());
        if (other.matches() && ProcessHandle.of(Long.parseLong(other.group(1))).isEmpty()) {
          DataCleaner.delete(entry);
        }
      }
    }
  }

  private void awaitDev() throws DemoFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!probe.orchestratorIsReady()) {
      if (System.nanoTime() > end) {
        throw new DemoFailure(
            "doundo dev runs on %s, but its orchestrator at %s is not ready. Check ./doundo dev status and its logs."
                .formatted(plan.data(), plan.url()));
      }
      screen.live("  waiting for doundo dev");
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    screen.clear();
  }

  /** Whether dev, which may be up since a moment only, brings workers along. */
  private boolean workersCome() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WORKERS_SECONDS);
    while (probe.workers().isEmpty() && System.nanoTime() < end) {
      screen.live("  looking for the example workers of doundo dev");
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    screen.clear();
    return !probe.workers().isEmpty();
  }

  private void take() throws DemoFailure, IOException, InterruptedException {
    try {
      lock = DataLock.take(plan);
    } catch (DevRefusedException e) {
      throw new DemoFailure(
          "Part of the running installation does not answer: %s%n%s"
              .formatted(String.join(" ", probe.problems()), e.getMessage()));
    }
  }

  private DevChildren children() throws IOException {
    if (children == null) {
      children = new DevChildren(plan, run, screen::line);
    }
    return children;
  }

  private void bring(
      String title, boolean runs, int port, Child.Starter starter, BooleanSupplier ready)
      throws DemoFailure, IOException, InterruptedException {
    if (runs) {
      screen.line("  %-15s already running on port %d".formatted(title, port));
      return;
    }
    if (!Ports.isFree(port)) {
      throw new DemoFailure(
          "Port %d, needed for the %s, is in use%s. Choose another port: doundo demo --help"
              .formatted(
                  port,
                  title,
                  PortOwner.of(port).map(owner -> " by " + owner).orElse(" by another process")));
    }
    if (!processes.bring(title, starter, ready, this::note)) {
      throw ended();
    }
  }

  private void note(List<Child> started) throws IOException {
    if (lock != null) {
      lock.describe(started);
    }
  }

  /** Starts a process of the example workers. */
  Child startWorkers(String title, String name, String instance, String... more)
      throws DemoFailure, IOException, InterruptedException {
    DevChildren.WorkerProcess workers = children().workers(name, instance, more);
    return start(title, workers.starter(), workers::areReady);
  }

  /**
   * Starts a further process and waits until it is ready. It may end before the demo does: the
   * flows themselves show what happens to them then.
   */
  public Child start(String title, Child.Starter starter, BooleanSupplier ready)
      throws DemoFailure, IOException, InterruptedException {
    screen.clear();
    Child[] started = new Child[1];
    boolean up =
        processes.bring(
            title,
            () -> started[0] = starter.start(),
            ready,
            this::note,
            ProcessGroup.StopOrder.BEFORE_PREVIOUS,
            child -> {});
    if (!up) {
      throw ended();
    }
    return started[0];
  }

  private void awaitServed(Collection<String> topics) throws DemoFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVED_SECONDS);
    List<String> unserved = probe.unserved(topics);
    while (!unserved.isEmpty()) {
      requireAllThere();
      if (System.nanoTime() > end) {
        throw new DemoFailure(
            "The example workers do not serve %s. Check their doundo.examples.serve, and that the orchestration is registered."
                .formatted(String.join(", ", unserved)));
      }
      screen.live("  waiting for the workers to subscribe");
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      unserved = probe.unserved(topics);
    }
    screen.clear();
  }

  /** Fails when a child that everything depends on has ended, or the demo is being stopped. */
  public void requireAllThere() throws DemoFailure {
    if (processes.isStopping() || processes.firstEnd().isDone()) {
      throw ended();
    }
  }

  private DemoFailure ended() {
    Child child = processes.firstEnd().getNow(null);
    return child == null
        ? new DemoFailure("The demo was stopped.")
        : new DemoFailure(
            "%s %s. Its log is %s"
                .formatted(child.subject(), child.ending(), plan.logFile(child.name())));
  }

  /** Whether anything runs on when the demo has ended. */
  public boolean outlivesDemo() {
    return lock == null;
  }

  InstallationProbe probe() {
    return probe;
  }

  /** Where its children's class paths are kept, and nothing that outlives the demo. */
  public Path runDirectory() {
    return run;
  }

  /** Stops everything when the JVM is asked to end. */
  public void stopOnSignals() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop"));
  }

  private void stopOnSignal() {
    if (!processes.claimStop()) {
      return;
    }
    try {
      screen.line("");
      clear();
      screen.line(stopped);
    } catch (IOException e) {
      System.err.println("Cannot clean up: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Replaces what is said after a stop on a signal. */
  public void sayWhenStopped(String text) {
    stopped = text;
  }

  /** Makes this thread the one to {@link #clear} it; does not return if another one already is. */
  public void claimStop() throws InterruptedException {
    if (!processes.claimStop()) {
      // The shutdown hook is at work, and ends the JVM.
      new CountDownLatch(1).await();
    }
  }

  /** Stops what was started here; for the thread that has claimed it. */
  public void clear() throws IOException, InterruptedException {
    screen.clear();
    probe.close();
    processes.stop();
    DataCleaner.delete(run);
    if (lock != null) {
      lock.close();
    }
  }
}
