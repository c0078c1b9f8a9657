package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.doctor.BrokerCheck;
import io.doundo.launcher.doctor.Finding;
import io.doundo.launcher.doctor.RedisCheck;
import io.doundo.launcher.doctor.ServiceChecks;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo doctor}. */
@Command(
    name = "doctor",
    description =
        "Check the service, its broker and topics, Redis, clocks and workers, and say how to mend"
            + " each fault. Changes nothing.",
    mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "The broker (default: the one that the service names).",
      defaultValue = "")
  private String bootstrap = "";

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "Properties of Kafka clients, such as TLS and SASL settings.")
  private @Nullable Path commandConfig;

  @Option(
      names = "--redis",
      paramLabel = "HOST:PORT",
      description = "The Redis of the workers (default: ${DEFAULT-VALUE}).",
      defaultValue = "localhost:6379")
  private String redis = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServiceClient client = options.client();
    List<Finding> findings = new ArrayList<>();
    JsonNode health = health(client, findings);
    String broker =
        bootstrap.isEmpty()
            ? health.at("/components/orchestrator/details/kafka").asString("")
            : bootstrap;
    findings.addAll(
        broker.isEmpty()
            ? List.of(
                Finding.skipped(
                    "Broker", "the service names none", "name it: --bootstrap-server HOST:PORT"))
            : BrokerCheck.of(broker, settings()));
    findings.addAll(redis());
    print(findings);
    return findings.stream().anyMatch(one -> one.state() == Finding.State.WRONG)
        ? ExitCodes.REFUSED
        : ExitCodes.OK;
  }

  private JsonNode health(ServiceClient client, List<Finding> findings) {
    JsonNode health;
    try {
      health = client.get("/actuator/health");
    } catch (CommandFailure e) {
      JsonNode problem = e.problem();
      if (problem == null || !problem.has("status") || !problem.has("components")) {
        findings.add(
            Finding.wrong("Service", String.valueOf(e.getMessage()), "start it, or give --url"));
        return ServiceJson.MAPPER.createObjectNode();
      }
      // Not ready is an answer, too.
      health = problem;
    }
    findings.add(ServiceChecks.health(health));
    try {
      Instant before = Instant.now();
      Instant there = client.clock();
      findings.add(ServiceChecks.clock(there, before, Instant.now()));
      findings.add(
          ServiceChecks.declared(client.get("/api/orchestrations").path("orchestrations")));
    } catch (CommandFailure e) {
      findings.add(Finding.skipped("Workers", String.valueOf(e.getMessage()), ""));
      return health;
    }
    try {
      findings.add(ServiceChecks.attached(client.get("/api/workers")));
    } catch (CommandFailure e) {
      findings.add(Finding.skipped("Attached workers", String.valueOf(e.getMessage()), ""));
    }
    return health;
  }

  private List<Finding> redis() {
    int colon = redis.lastIndexOf(':');
    if (colon < 1 || !redis.substring(colon + 1).matches("\\d{1,5}")) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--redis must be HOST:PORT, but is \"" + redis + "\".");
    }
    return RedisCheck.of(redis.substring(0, colon), Integer.parseInt(redis.substring(colon + 1)));
  }

  private Map<String, String> settings() throws IOException {
    Map<String, String> settings = new HashMap<>();
    if (commandConfig != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(commandConfig)) {
        properties.load(reader);
      }
      properties
          .stringPropertyNames()
          .forEach(name -> settings.put(name, properties.getProperty(name)));
    }
    return settings;
  }

  private void print(List<Finding> findings) {
    if (output.isJson()) {
      ObjectNode json = ServiceJson.MAPPER.createObjectNode();
      ArrayNode list = json.putArray("findings");
      for (Finding finding : findings) {
        list.addObject()
            .put("what", finding.what())
            .put("state", finding.state().name())
            .put("text", finding.text())
            .put("fix", finding.fix());
      }
      output.json(json);
      return;
    }
    for (Finding finding : findings) {
      output.line(
          "%s  %s: %s"
              .formatted(mark(finding.state()), finding.what(), Terminal.clean(finding.text())));
      if (!finding.fix().isEmpty()) {
        output.line("          " + finding.fix());
      }
    }
  }

  private String mark(Finding.State state) {
    Terminal terminal = output.terminal();
    return switch (state) {
      case GOOD -> terminal.green("good    ");
      case DOUBTFUL -> terminal.yellow("doubtful");
      case WRONG -> terminal.red("wrong   ");
      case SKIPPED -> terminal.dim("skipped ");
    };
  }
}
