package io.doundo.launcher.chaos;

import io.doundo.launcher.ExitCodes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doundo chaos recovery}. */
@Command(
    name = "recovery",
    description =
        "Kill one of two orchestrators while many flows are live, and measure the recovery.",
    mixinStandardHelpOptions = true)
final class RecoveryCommand implements Callable<Integer> {

  @Option(
      names = "--flows",
      paramLabel = "N",
      description = "Number of live flows (default: ${DEFAULT-VALUE}).",
      defaultValue = "10000")
  private int flows;

  @Option(
      names = "--restart",
      description = "Restart the killed orchestrator at once; by default it stays down.")
  private boolean restarted;

  @Option(
      names = "--brokers",
      paramLabel = "N",
      description = "One broker or three (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int brokers;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for logs and data (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data/chaos/recovery");

  @Override
  public Integer call() throws Exception {
    Path directory = RunDirectory.create(data);
    try (RunLog log = new RunLog(directory.resolve("run.log"))) {
      RecoveryRun.Stalls measured =
          new RecoveryRun(flows, restarted, brokers, directory, log).run();
      System.out.printf(
          "%d live flows; no partition stalled for more than %.1f s.%n",
          measured.alive(), measured.longest() / 1_000.0);
      System.out.println(
          measured.stuck().isEmpty() ? "All flows completed." : "Stuck: " + measured.stuck());
      return measured.stuck().isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
    }
  }
}
