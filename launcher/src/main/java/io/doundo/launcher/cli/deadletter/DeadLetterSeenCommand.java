package io.doundo.launcher.cli.deadletter;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
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

/** {@code doundo dead-letters seen}. */
@Command(
    name = "seen",
    description =
        "Mark dead letters as seen: some by their ids, or a whole group as it is now. Nothing is"
            + " sent, and they stay where they are.",
    mixinStandardHelpOptions = true)
final class DeadLetterSeenCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Ids of dead letters, such as 3-1234.")
  private List<String> ids = List.of();

  @Option(
      names = "--fingerprint",
      paramLabel = "FP",
      description = "In place of ids: all of this group that are there now.")
  private @Nullable String fingerprint;

  @Option(names = "--undo", description = "Take the mark back.")
  private boolean undo;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (ids.isEmpty() == (fingerprint == null)) {
      throw new CommandFailure(
          ExitCodes.USAGE, "Name dead letters by their ids, or a group by --fingerprint.");
    }
    ServiceClient client = options.client();
    Map<String, RawJson> body = new LinkedHashMap<>();
    if (fingerprint == null) {
      body.put("ids", Json.of(Json.MAPPER.valueToTree(ids)));
    } else {
      body.put("fingerprint", Json.string(fingerprint));
      body.put("upTo", Json.string(shown(client, fingerprint)));
    }
    if (undo) {
      body.put("seen", RawJson.FALSE);
    }
    JsonNode answer =
        client.post(DeadLettersCommand.PATH + "/seen", Json.object(body), Duration.ZERO).body();
    if (output.isJson()) {
      output.json(answer);
    } else {
      output.line(
          "%s %s."
              .formatted(
                  fingerprint == null
                      ? ids.size() == 1 ? "1 dead letter is" : ids.size() + " dead letters are"
                      : "The group " + Terminal.clean(fingerprint) + " is",
                  undo ? "no longer marked as seen" : "marked as seen"));
    }
    return ExitCodes.OK;
  }

  /** Up to where the topic is read now: what comes later has not been seen by anybody. */
  private static String shown(ServiceClient client, String fingerprint) {
    JsonNode page =
        client.get(
            DeadLetterGroupsCommand.PATH + ServiceClient.query(Map.of("fingerprint", fingerprint)));
    if (!page.path("complete").asBoolean(true)) {
      throw new CommandFailure(
          ExitCodes.NOT_YET,
          "There was no time to read all dead letters, so the group may have some that were not looked at. Nothing was marked; try again, or name them by their ids.");
    }
    if (page.path("groups").isEmpty()) {
      throw new CommandFailure(
          ExitCodes.REFUSED,
          "There is no dead letter in the group %s. Nothing was marked."
              .formatted(Terminal.clean(fingerprint)));
    }
    return page.path("upTo").asString("");
  }
}
