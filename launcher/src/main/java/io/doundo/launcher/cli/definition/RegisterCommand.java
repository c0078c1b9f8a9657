package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo register}. */
@Command(
    name = "register",
    description = "Register orchestrations or workers from YAML or JSON files.",
    mixinStandardHelpOptions = true)
public final class RegisterCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to read; - for standard input.")
  private List<String> files = List.of();

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Name of the registering service, if the document has none.",
      defaultValue = "")
  private String service = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    ServiceClient client = options.client();
    for (String file : files) {
      byte[] document = JsonArguments.file(file);
      JsonNode answer = register(client, file, document);
      if (output.isJson()) {
        output.json(answer);
      } else {
        answer.path("registrations").forEach(this::print);
      }
    }
    return ExitCodes.OK;
  }

  private JsonNode register(ServiceClient client, String file, byte[] document) {
    try {
      return client.register(document, contentType(file), service);
    } catch (CommandFailure e) {
      throw files.size() == 1 || e.exitCode() != ExitCodes.REFUSED
          ? e
          : new CommandFailure(e.exitCode(), file + ": " + e.getMessage(), e.problem(), e);
    }
  }

  private static String contentType(String file) {
    return file.endsWith(".json") ? "application/json" : "application/yaml";
  }

  private void print(JsonNode status) {
    String name = Terminal.clean(status.path("orchestrationName").asString("?"));
    if (status.path("as").asString("").equals("worker")) {
      output.line(
          "Worker %s declared for %s."
              .formatted(Terminal.clean(status.path("serviceName").asString("?")), name));
    } else if (status.path("definition").isMissingNode()) {
      output.line(
          "%s is %s."
              .formatted(
                  output.terminal().bold(name),
                  Terminal.clean(status.path("orchestrationStatus").asString("?"))));
    } else {
      output.line(
          "%s version %d %s (%s)."
              .formatted(
                  output.terminal().bold(name),
                  status.path("version").asInt(0),
                  status.path("changed").asBoolean(true) ? "registered" : "is already registered",
                  status.path("definition").asString("")));
    }
    for (JsonNode warning : status.path("warnings")) {
      output.line("  warning: " + Terminal.clean(warning.asString()));
    }
  }
}
