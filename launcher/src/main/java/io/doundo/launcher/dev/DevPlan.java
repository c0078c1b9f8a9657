package io.doundo.launcher.dev;

import io.doundo.launcher.process.PortOwner;
import io.doundo.launcher.process.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a development installation consists of.
 *
 * @param data absolute
 * @param orchestratorArguments added to those that the orchestrator is given anyway
 */
record DevPlan(int kafkaPort, int httpPort, Path data, List<String> orchestratorArguments) {

  String bootstrapServers() {
    return "localhost:" + kafkaPort;
  }

  String url() {
    return "http://localhost:" + httpPort;
  }

  Path logFile(String child) {
    return data.resolve("logs").resolve(child + ".log");
  }

  /** Refuses ports that are in use, both at once, with who uses them. */
  void requireFreePorts() throws DevRefusedException {
    List<String> problems = new ArrayList<>();
    if (kafkaPort == httpPort) {
      problems.add("--kafka-port and --http-port are both " + kafkaPort + "; give two ports.");
    }
    taken(kafkaPort, "Kafka", "--kafka-port").ifPresent(problems::add);
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
        "Port %d, wanted for %s, is taken%s.%n  Stop what uses it, or choose another: doundo dev %s %d"
            .formatted(port, purpose, owner, option, other));
  }
}
