package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * {@code doundo api}: any request of the REST API, with the address and the key of this command.
 */
@Command(
    name = "api",
    description = {
      "Send any request of the REST API, with the address and the key of this command.",
      "For example: api GET /api/flows?status=PARKED   or   api POST /api/flows/f-1/retry --data {}"
    },
    mixinStandardHelpOptions = true)
public final class ApiCommand implements Callable<Integer> {

  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  @Parameters(
      paramLabel = "[METHOD] PATH",
      arity = "1..2",
      description = "The path with its query (default method: GET).")
  private List<String> words = List.of();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "JSON|@FILE",
      description = "The body as JSON; @- reads standard input.")
  private @Nullable String data;

  @Option(names = "--all", description = "With GET: follow nextCursor, and print one page a line.")
  private boolean all;

  @Mixin private ServiceOptions options;

  /** Its output is JSON, whatever is said. */
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    String method = words.size() == 1 ? "GET" : words.get(0).toUpperCase(Locale.ROOT);
    String path = words.get(words.size() - 1);
    if (!METHODS.contains(method)) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "The method must be one of GET, POST, PUT, PATCH and DELETE, but is \"%s\"."
              .formatted(words.get(0)));
    }
    if (!path.startsWith("/")) {
      throw new CommandFailure(
          ExitCodes.USAGE, "The path must begin with a slash, such as /api/flows, but is " + path);
    }
    if (all && !method.equals("GET")) {
      throw new CommandFailure(ExitCodes.USAGE, "--all is for GET only.");
    }
    RawJson body = data == null ? null : JsonArguments.json("--data", data);
    ServiceClient client = options.client();
    JsonNode answer = client.send(method, path, body).body();
    output.json(answer);
    while (all && !answer.path("nextCursor").asString("").isEmpty()) {
      String cursor = ServiceClient.segment(answer.path("nextCursor").asString(""));
      answer = client.get(path + (path.contains("?") ? '&' : '?') + "cursor=" + cursor);
      output.json(answer);
    }
    return ExitCodes.OK;
  }
}
