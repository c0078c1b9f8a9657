package io.doundo.launcher.dev;

import io.doundo.launcher.ExitCodes;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code doundo dev}. */
@Command(
    name = "dev",
    description = "Start a Kafka broker, Redis and the orchestrator on this machine, until Ctrl-C.",
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
      description = "Where everything is kept across restarts (default: data beside doundo).")
  private @Nullable Path data;

  @Option(names = "--clean", description = "Delete what earlier runs have kept, then start.")
  private boolean clean;

  @Parameters(
      paramLabel = "PROPERTY",
      description =
          "Settings of the orchestrator, after --. For example: -- --doundo.engine.threads=2")
  private List<String> orchestratorArguments = List.of();

  @Override
  public Integer call() throws Exception {
    DevPlan plan =
        new DevPlan(
            kafkaPort, redisPort, httpPort, dataDirectory(), List.copyOf(orchestratorArguments));
    try {
      return new DevRun(plan, System.out).run(clean);
    } catch (DevRefusedException e) {
      System.err.println(e.getMessage());
      return ExitCodes.REFUSED;
    }
  }

  private Path dataDirectory() {
    Path directory = data == null ? Path.of(System.getProperty("doundo.home", "."), "data") : data;
    return directory.toAbsolutePath().normalize();
  }
}
