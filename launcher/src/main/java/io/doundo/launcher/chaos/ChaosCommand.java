package io.doundo.launcher.chaos;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.doundo.history.History;
import io.doundo.history.HistoryFiles;
import io.doundo.launcher.ExitCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doundo chaos}. */
@Command(
    name = "chaos",
    description =
        "Kill, freeze and wipe real processes on a seeded schedule while flows run, then check the"
            + " recorded history against the invariants.",
    mixinStandardHelpOptions = true,
    subcommands = RecoveryCommand.class)
public final class ChaosCommand implements Callable<Integer> {

  /** Where a run keeps its history, in its directory. */
  private static final String HISTORY = "history";

  @Option(
      names = "--flows",
      paramLabel = "N",
      description = "Number of flows to start (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private int flows;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "How long to inject faults (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private double minutes;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the schedule (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--brokers",
      paramLabel = "N",
      description = "One broker or three (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int brokers;

  @Option(
      names = "--lease-seconds",
      paramLabel = "S",
      description = "Lease of the workers (default: 30, as in the SDK).")
  private @Nullable Integer leaseSeconds;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for the history of each run (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data/chaos");

  @Option(
      names = "--check",
      paramLabel = "DIR",
      description = "Check the history of an earlier run again, without starting anything.")
  private @Nullable Path checked;

  @Override
  public Integer call() throws Exception {
    silenceKafka();
    if (checked != null) {
      return verdict(HistoryFiles.read(checked.resolve(HISTORY)));
    }
    ChaosSettings settings = settings();
    ChaosPlan plan = ChaosPlan.of(settings);
    Path directory = RunDirectory.create(data);
    plan.write(directory.resolve("plan.txt"));
    System.out.println(settings.text());
    System.out.println("Logs, data and history of this run: " + directory);
    plan.faults().forEach(System.out::println);
    History history;
    try (RunLog log = new RunLog(directory.resolve("run.log"));
        ChaosStack stack = new ChaosStack(settings, directory)) {
      stack.start();
      ChaosRun.RunResult outcome = new ChaosRun(plan, stack, log).run();
      history =
          new HistoryCollector(stack.bootstrapServers())
              .collect(
                  WorkersLedger.read(stack.exampleStore()),
                  outcome.windows(),
                  outcome.faultsEndedAt());
      System.out.println();
      System.out.println(settings.text());
      RunReport.print(outcome, System.out);
    }
    HistoryFiles.write(directory.resolve(HISTORY), history);
    System.out.println("History: " + directory);
    return verdict(history);
  }

  private ChaosSettings settings() {
    ChaosSettings usual =
        ChaosSettings.usual(flows, Duration.ofMillis((long) (minutes * 60_000)), seed, brokers);
    return leaseSeconds == null ? usual : usual.withLease(Duration.ofSeconds(leaseSeconds));
  }

  private static int verdict(History history) {
    HistoryCheck check = HistoryCheck.of(history);
    check.print(System.out);
    return check.isClean() ? ExitCodes.OK : ExitCodes.REFUSED;
  }

  /** Silences the Kafka clients' warnings about unreachable brokers, which are expected here. */
  private static void silenceKafka() {
    ((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(Level.OFF);
  }
}
