package io.doundo.launcher.dev;

import io.doundo.launcher.process.PortOwner;
import io.doundo.launcher.process.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a development installation.
 *
 * @param data absolute
 * @param orchestratorArguments added to those that the orchestrator is given anyway
 */
public record DevPlan(
    int kafkaPort, int redisPort, int httpPort, Path data, List<String> orchestratorArguments) {

  public String bootstrapServers() {
    return "localhost:" + kafkaPort;
  }

  public String redis() {
    return "redis://127.0.0.1:" + redisPort;
  }

  public String url() {
    return "http://localhost:" + httpPort;
  }

  /** Where the example workers keep what they made, and the ledger of all they did. */
  public Path exampleStore() {
    return data.resolve("examples").resolve("store.db");
  }

  public Path logs() {
    return data.resolve("logs");
  }

  public Path logFile(String child) {
    return logs().resolve(child + ".log");
  }

  /** Refuses ports that are in use, all at once, with who uses them. */
  void requireFreePorts() throws DevRefusedException {
    List<String> problems = new ArrayList<>();
    Map<Integer, String> options = new LinkedHashMap<>();
    Map.of("--kafka-port", kafkaPort, "--redis-port", redisPort, "--http-port", httpPort)
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            option -> {
              String other = options.putIfAbsent(option.getValue(), option.getKey());
              if (other != null) {
                problems.add(
                    "%s and %s are both %d; choose different ports."
                        .formatted(other, option.getKey(), option.getValue()));
              }
            });
    taken(kafkaPort, "Kafka", "--kafka-port").ifPresent(problems::add);
    taken(redisPort, "Redis", "--redis-port").ifPresent(problems::add);
    taken(httpPort, "REST", "--http-port").ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new DevRefusedException(String.join(System.lineSeparator(), problems));
    }
  }

  private static Optional<String> taken(int port, String purpose, String option) {
    if (port < 1 || port > 65_535) {
      return Optional.of(option + " must be 1 to 65535, but is " + port + '.');
    }
    if (Ports.isFree(port)) {
      return Optional.empty();
    }
    String owner = PortOwner.of(port).map(process -> " by " + process).orElse("");
    int other = port <= 55_535 ? port + 10_000 : port - 10_000;
    return Optional.of(
        "Port %d, needed for %s, is in use%s.%n  Stop that process, or choose another port: doundo dev %s %d"
            .formatted(port, purpose, owner, option, other));
  }
}
