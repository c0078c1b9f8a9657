package io.doundo.launcher.demo;

import io.doundo.launcher.dev.DataLock;
import io.doundo.launcher.dev.DevCommand;
import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

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
          "Port of the Kafka broker (default: the port of a running doundo dev, else 9092).",
      scope = ScopeType.INHERIT)
  private @Nullable Integer kafkaPort;

  @Option(
      names = "--redis-port",
      paramLabel = "PORT",
      description = "Port of Redis (default: the port of a running doundo dev, else 6379).",
      scope = ScopeType.INHERIT)
  private @Nullable Integer redisPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of REST (default: the port of a running doundo dev, else 8080).",
      scope = ScopeType.INHERIT)
  private @Nullable Integer httpPort;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description =
          "Data directory, including what the example workers store (default: data next to doundo).",
      scope = ScopeType.INHERIT)
  private @Nullable Path data;

  @Override
  public Integer call() throws Exception {
    Optional<DevPlan> running = running();
    DevPlan plan = plan(running, List.of());
    Screen screen = new Screen(DevCommand.out(), Terminal.ofThisProcess());
    screen.line("DoUndo demo, data in " + plan.data());
    InstallationProbe probe = new InstallationProbe(plan, GROUP);
    DemoEnvironment environment = new DemoEnvironment(plan, running.isPresent(), probe, screen);
    return new DemoRun(
            name(),
            environment,
            URI.create(plan.url()),
            new SqliteWorkerRecords(plan.exampleStore()),
            screen)
        .run();
  }

  /** The {@code doundo dev} that holds the data directory, if there is one. */
  public Optional<DevPlan> running() throws IOException {
    return DataLock.held(DevCommand.dataDirectory(data));
  }

  /** The installation to use: the given ports, else those of the one that runs, else the usual. */
  public DevPlan plan(Optional<DevPlan> running, List<String> orchestratorArguments) {
    return new DevPlan(
        port(kafkaPort, running.map(DevPlan::kafkaPort), 9092),
        port(redisPort, running.map(DevPlan::redisPort), 6379),
        port(httpPort, running.map(DevPlan::httpPort), 8080),
        DevCommand.dataDirectory(data),
        orchestratorArguments);
  }

  /**
   * A name with five characters that no earlier run on these data had, as far as chance can tell.
   */
  public static String name() {
    return "demo-" + Integer.toString(FIRST_NAME + new SecureRandom().nextInt(NAMES), 36);
  }

  private static int port(@Nullable Integer given, Optional<Integer> running, int usual) {
    return given != null ? given : running.orElse(usual);
  }
}
