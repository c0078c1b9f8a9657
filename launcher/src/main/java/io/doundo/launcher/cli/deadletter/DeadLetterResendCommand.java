package io.doundo.launcher.cli.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.BulkVerb;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ConfirmationPrompt;
import io.doundo.launcher.cli.FlowFilterOptions;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.Shell;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo dead-letters resend}. */
@Command(
    name = "resend",
    description =
        "Send a dead letter back to the topic it came from, unchanged or edited. It is checked"
            + " first with the decoder that will read it. With a filter in place of an id, all that"
            + " match are sent again by a bulk job.",
    mixinStandardHelpOptions = true)
final class DeadLetterResendCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "Id of the dead letter, such as 3-1234.")
  private @Nullable String id;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "FILTER",
      description =
          "In place of an id: all that match, by filters as in the REST API, such as"
              + " \"topic=orchestrator.control&seen=false\".")
  private @Nullable String filter;

  @Option(
      names = "--fingerprint",
      paramLabel = "FP",
      description =
          "In place of an id: all of this group. List the groups with: dead-letters groups")
  private @Nullable String fingerprint;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "With a filter: how many are sent per second (default: 20).")
  private @Nullable Integer perSecond;

  @Option(
      names = "--first",
      description = "With a filter: send one, then pause until doundo jobs resume.")
  private boolean first;

  @Option(
      names = "--expect",
      paramLabel = "N",
      description = "With a filter: start only if exactly this many match.")
  private @Nullable Integer expect;

  @Option(
      names = {"-y", "--yes"},
      description = "With a filter: do not ask for confirmation.")
  private boolean yes;

  @Option(
      names = "--value",
      paramLabel = "TEXT|@FILE",
      description = "The new value; @- reads standard input (default: the unchanged value).")
  private @Nullable String value;

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "Set a record header. Repeatable.")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(
      names = "--remove-header",
      paramLabel = "NAME",
      description = "Remove a record header. Repeatable.")
  private List<String> removed = List.of();

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      description = "Reason, kept with the record; needed for an edited one.")
  private @Nullable String reason;

  @Option(
      names = "--dry-run",
      description = "Check whether the record would be accepted, and send nothing.")
  private boolean dryRun;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (filter != null || fingerprint != null) {
      return ofMany();
    }
    if (perSecond != null || first || expect != null) {
      throw usage("--per-second, --first and --expect need a filter: --filter or --fingerprint.");
    }
    if (id == null) {
      throw usage("Name the dead letter by its id, or many by --filter or --fingerprint.");
    }
    return ofOne(id);
  }

  private int ofMany() {
    if (id != null || value != null || !headers.isEmpty() || !removed.isEmpty()) {
      throw usage(
          "Many dead letters are sent as they are: leave out the id, --value, --header and"
              + " --remove-header, or the filter.");
    }
    if (reason == null) {
      throw usage("Sending many dead letters again needs a reason: add --reason TEXT.");
    }
    Map<String, String> query = new LinkedHashMap<>();
    if (filter != null) {
      FlowFilterOptions.addTo(query, filter);
    }
    if (fingerprint != null) {
      FlowFilterOptions.addTo(query, "fingerprint=" + fingerprint);
    }
    query.values().removeIf(String::isBlank);
    if (query.isEmpty()) {
      throw usage("The filter is empty. Is a variable in a script empty? Nothing was sent.");
    }
    Map<String, RawJson> body = new LinkedHashMap<>();
    body.put("filter", Json.string(ServiceClient.query(query).substring(1)));
    body.put("reason", Json.string(reason));
    if (perSecond != null) {
      body.put("perSecond", Json.of(Json.MAPPER.valueToTree(perSecond)));
    }
    return BulkVerb.resend(options.client(), output, ConfirmationPrompt.ofThisProcess())
        .run(body, new BulkVerb.Start(dryRun, yes, expect, first));
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitCodes.USAGE, message);
  }

  private int ofOne(String id) {
    Map<String, RawJson> body = new LinkedHashMap<>();
    if (value != null) {
      putValue(body, value);
    }
    if (!headers.isEmpty() || !removed.isEmpty()) {
      Map<String, RawJson> fields = new LinkedHashMap<>();
      headers.forEach((name, text) -> fields.put(name, Json.string(text)));
      removed.forEach(name -> fields.put(name, RawJson.NULL));
      body.put("headers", Json.object(fields));
    }
    if (reason != null) {
      body.put("reason", Json.string(reason));
    }
    String path = path(id) + (dryRun ? "?dryRun=true" : "");
    JsonNode answer = options.client().post(path, Json.object(body), Duration.ZERO).body();
    boolean accepted = answer.at("/verdict/accepted").asBoolean(false);
    if (output.isJson()) {
      output.json(answer);
    } else if (dryRun) {
      printVerdict(answer, accepted);
    } else {
      output.line(
          "Dead letter %s was sent to %s, partition %s, offset %s."
              .formatted(
                  output.terminal().bold(Terminal.clean(id)),
                  Terminal.clean(answer.path("topic").asString("?")),
                  answer.path("partition").asString("?"),
                  answer.path("offset").asString("?")));
    }
    return accepted ? ExitCodes.OK : ExitCodes.REFUSED;
  }

  private void printVerdict(JsonNode answer, boolean accepted) {
    if (accepted) {
      output.line(
          "The record would be accepted and sent to %s, which needs the role %s. Nothing was sent."
              .formatted(
                  Terminal.clean(answer.path("topic").asString("?")),
                  answer.path("role").asString("?")));
      return;
    }
    output.line("The record would become a dead letter again. Nothing was sent.");
    for (JsonNode problem : answer.at("/verdict/problems")) {
      output.line("  " + Terminal.clean(problem.asString("")));
    }
  }

  private static void putValue(Map<String, RawJson> body, String value) {
    if (value.startsWith("@")) {
      byte[] bytes = JsonArguments.file(value.substring(1));
      body.put("valueBase64", Json.string(Base64.getEncoder().encodeToString(bytes)));
    } else {
      body.put("value", Json.string(new String(value.getBytes(UTF_8), UTF_8)));
    }
  }

  private static String path(String id) {
    int dash = id.indexOf('-');
    if (!id.matches("\\d{1,6}-\\d{1,18}")) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "The id of a dead letter looks like 3-1234, but this is \"%s\". List them with: %s dead-letters"
              .formatted(Terminal.clean(id), Shell.command()));
    }
    return DeadLettersCommand.PATH
        + '/'
        + id.substring(0, dash)
        + '/'
        + id.substring(dash + 1)
        + "/resend";
  }
}
