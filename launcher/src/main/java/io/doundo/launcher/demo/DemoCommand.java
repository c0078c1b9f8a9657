package io.doundo.launcher.demo;

import io.doundo.launcher.dev.DataLock;
import io.doundo.launcher.dev.DevCommand;
import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.text.Terminal;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doundo demo}. */
@Command(
    name = "demo",
    description =
        "Run six example flows and verify their effects. Starts the processes it needs and stops them again.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

  private static final int FIRST_NAME = Integer.parseInt("10000", 36);
  private static final int NAMES = Integer.parseInt("zzzzz", 36) - FIRST_NAME;

  /** The consumer group of the example workers, which is the name of their service. */
  private static final String GROUP = "example-workers";

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description =
          "Port of the Kafka broker (default: the port of a running doundo dev, else 9092).")
  private @Nullable Integer kafkaPort;

  @Option(
      names = "--redis-port",
      paramLabel = "PORT",
      description = "Port of Redis (default: the port of a running doundo dev, else 6379).")
  private @Nullable Integer redisPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of REST (default: the port of a running doundo dev, else 8080).")
  private @Nullable Integer httpPort;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description =
          "Data directory, including the example workers' ledger (default: data next to doundo).")
  private @Nullable Path data;

  @Override
  public Integer call() throws Exception {
    Path directory = DevCommand.dataDirectory(data);
    Optional<DevPlan> running = DataLock.held(directory);
    DevPlan plan =
        new DevPlan(
            port(kafkaPort, running.map(DevPlan::kafkaPort), 9092),
            port(redisPort, running.map(DevPlan::redisPort), 6379),
            port(httpPort, running.map(DevPlan::httpPort), 8080),
            directory,
            List.of());
    // Five characters that no earlier run on these data had, as far as chance can tell.
    String name = "demo-" + Integer.toString(FIRST_NAME + new SecureRandom().nextInt(NAMES), 36);
    Screen screen = new Screen(DevCommand.out(), Terminal.ofThisProcess());
    screen.line("DoUndo demo, data in " + directory);
    InstallationProbe probe = new InstallationProbe(plan, GROUP);
    DemoEnvironment environment = new DemoEnvironment(plan, running.isPresent(), probe, screen);
    return new DemoRun(
            name,
            environment,
            URI.create(plan.url()),
            new SqliteWorkerRecords(plan.exampleStore()),
            screen)
        .run();
  }

  private static int port(@Nullable Integer given, Optional<Integer> running, int usual) {
    return given != null ? given : running.orElse(usual);
  }
}
