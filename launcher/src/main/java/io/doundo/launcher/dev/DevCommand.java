package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code doundo dev}. */
@Command(
    name = "dev",
    description =
        "Start a Kafka broker, Redis, the orchestrator and example workers on this machine, until Ctrl-C.",
    subcommands = {DevStatus.class, DevStop.class},
    mixinStandardHelpOptions = true)
public final class DevCommand implements Callable<Integer> {

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "Port of the Kafka broker (default: ${DEFAULT-VALUE}).",
      defaultValue = "9092")
  private int kafkaPort;

  @Option(
      names = "--redis-port",
      paramLabel = "PORT",
      description = "Port of Redis (default: ${DEFAULT-VALUE}).",
      defaultValue = "6379")
  private int redisPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of REST (default: ${DEFAULT-VALUE}).",
      defaultValue = "8080")
  private int httpPort;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "Data directory, kept across restarts (default: data next to doundo).",
      scope = ScopeType.INHERIT)
  private @Nullable Path data;

  @Option(names = "--clean", description = "Delete the data of earlier runs before starting.")
  private boolean clean;

  @Option(names = "--no-workers", description = "Do not start the example workers.")
  private boolean noWorkers;

  @Option(
      names = "--fill",
      paramLabel = "N",
      description =
          "Create N flows with mixed outcomes once DoUndo is up: completed, undone, parked, paused,"
              + " in doubt, waiting.",
      defaultValue = "0")
  private int fill;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "With --fill: the same seed gives the same flows (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private long seed;

  @Parameters(
      paramLabel = "PROPERTY",
      description =
          "Settings for the orchestrator, after --. For example: -- --doundo.engine.threads=2")
  private List<String> orchestratorArguments = List.of();

  @Override
  public Integer call() throws Exception {
    DevPlan plan =
        new DevPlan(
            kafkaPort, redisPort, httpPort, dataDirectory(), List.copyOf(orchestratorArguments));
    if (fill < 0) {
      throw new CommandFailure(ExitCodes.USAGE, "--fill must be the number of flows, not " + fill);
    }
    try {
      return new DevRun(plan, !noWorkers, out()).run(clean, fill, seed);
    } catch (DevRefusedException e) {
      throw new CommandFailure(ExitCodes.REFUSED, String.valueOf(e.getMessage()), null, e);
    }
  }

  Path dataDirectory() {
    return dataDirectory(data);
  }

  /** The default data directory of an installation. */
  static Path defaultData() {
    return dataDirectory(null);
  }

  /** The directory that {@code --data} means. */
  public static Path dataDirectory(@Nullable Path given) {
    Path directory =
        given == null ? Path.of(System.getProperty("doundo.home", "."), "data") : given;
    return directory.toAbsolutePath().normalize();
  }

  /** Standard output, for text that is more than ASCII on every system. */
  public static PrintStream out() {
    return new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
  }
}
