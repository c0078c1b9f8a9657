package io.doundo.launcher.dev;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.dev.ProcessGroup.StopOrder;
import io.doundo.launcher.fill.Filling;
import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/**
 * One run of the development installation: starts the broker, Redis, the orchestrator and the
 * example workers, says when they are ready, and stops them on request or when one of the first
 * three ends: orchestrator and workers first, side by side, then the broker and Redis, which those
 * need for that. Workers that end are reported and left at that: flows then wait, as they do for
 * any worker that is away, and a silent restart would hide why.
 *
 * <p>Serves one run; the shutdown hook stops the children on its own thread.
 */
final class DevRun {

  private final DevPlan plan;
  private final boolean withWorkers;
  private final PrintStream out;
  private final ProcessGroup processes;

  DevRun(DevPlan plan, boolean withWorkers, PrintStream out) {
    this.plan = plan;
    this.withWorkers = withWorkers;
    this.out = out;
    this.processes = new ProcessGroup(plan, out);
  }

  /**
   * Runs until a child ends on its own; a signal ends the JVM from the shutdown hook instead.
   *
   * @param clean whether to delete first what earlier runs have kept
   * @param fill how many flows to fill in
   * @param seed the same seed gives the same flows
   */
  int run(boolean clean, int fill, long seed)
      throws IOException, DevRefusedException, InterruptedException {
    try (DataLock lock = DataLock.take(plan)) {
      plan.requireFreePorts();
      if (clean) {
        DataCleaner.clean(plan);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(lock), "stop"));
      out.println("Starting DoUndo in " + plan.data());
      DataCleaner.delete(plan.data().resolve("run"));
      if (start(new DevChildren(plan, plan.data().resolve("run"), out::println), lock)) {
        out.println(Banner.of(plan, withWorkers));
        if (fill > 0) {
          fill(fill, seed);
        }
      }
      Child ended = processes.firstEnd().join();
      if (!processes.claimStop()) {
        // The shutdown hook is at work, and ends the JVM.
        new CountDownLatch(1).await();
      }
      processes.report(ended);
      processes.stop();
    }
    return ExitCodes.REFUSED;
  }

  private boolean start(DevChildren start, DataLock lock) throws IOException, InterruptedException {
    ProcessGroup.StartListener register = lock::describe;
    return processes.bring("Kafka broker", start.broker(), start::brokerIsReady, register)
        && processes.bring("Redis", start.redis(), () -> true, register, StopOrder.WITH_PREVIOUS)
        && processes.bring(
            "Orchestrator", start.orchestrator(), start::orchestratorIsReady, register)
        && (!withWorkers
            || startWorkers(
                start.workers("workers", "dev-" + ProcessHandle.current().pid()), register));
  }

  /** Fills in flows; that this fails ends nothing else. */
  private void fill(int flows, long seed) {
    Filling filling =
        new Filling(plan.bootstrapServers(), URI.create(plan.url()), flows, seed, out);
    Thread filler =
        new Thread(
            () -> {
              try {
                filling.run();
              } catch (IOException | RuntimeException e) {
                out.println("Creating the flows of --fill failed: " + e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "fill");
    // It serves the flows until this process ends.
    filler.setDaemon(true);
    filler.start();
  }

  private boolean startWorkers(
      DevChildren.WorkerProcess workers, ProcessGroup.StartListener register)
      throws IOException, InterruptedException {
    return processes.bring(
        "Example workers",
        workers.starter(),
        workers::areReady,
        register,
        StopOrder.WITH_PREVIOUS,
        this::reportWorkers);
  }

  private void reportWorkers(Child workers) {
    out.printf(
        "%nThe example workers' process %s; see its log %s.%n"
            + "Flows that need these workers wait until you restart dev.%n",
        workers.ending(), plan.logFile(workers.name()));
  }

  private void stopOnSignal(DataLock lock) {
    if (!processes.claimStop()) {
      return;
    }
    try {
      out.println();
      processes.stop();
      lock.close();
      out.println("Stopped. Data kept in " + plan.data());
      Runtime.getRuntime().halt(ExitCodes.OK);
    } catch (IOException e) {
      System.err.println("Cannot release " + plan.data() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
