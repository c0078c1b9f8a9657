package io.doundo.launcher.cli.overview;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo workers}. */
@Command(
    name = "workers",
    description = "List the steps, and which workers are attached to their topics now.",
    mixinStandardHelpOptions = true)
public final class WorkersCommand implements Callable<Integer> {

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only steps of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Option(names = "--unattached", description = "Only steps to which no worker is attached.")
  private boolean unattached;

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      String page = orchestration.isEmpty() ? "" : '/' + ServiceClient.segment(orchestration);
      return web.open(options, "/orchestrations" + page, output);
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("orchestration", orchestration);
    ServiceClient client = options.client();
    watch.print(
        () -> {
          JsonNode answer = client.get("/api/workers" + ServiceClient.query(query));
          return unattached ? withoutAttached(answer) : answer;
        },
        listing(),
        output);
    return ExitCodes.OK;
  }

  private static Listing listing() {
    return new Listing("workers", Listing.text("topic"), "No step sends commands.")
        .column("ORCHESTRATION", Listing.text("orchestration"))
        .column("STEP", Listing.text("step"))
        .column("ACTION", Listing.text("action"))
        .column("ATTACHED", WorkersCommand::attached)
        .column("GROUPS", row -> names(row.path("groups"), "group"))
        .column("LAG", row -> lag(row.path("groups")))
        .column("UNANSWERED SINCE", row -> TimeText.time(row.path("oldestUnansweredAt")))
        .wide("LAST ANSWER", row -> TimeText.time(row.path("lastAnswerAt")))
        .column("DECLARED BY", row -> names(row.path("declaredBy"), "service"))
        .wide("TOPIC", Listing.text("topic"));
  }

  private static JsonNode withoutAttached(JsonNode answer) {
    ObjectNode rest = ((ObjectNode) answer).deepCopy();
    ArrayNode rows = rest.putArray("workers");
    for (JsonNode row : answer.path("workers")) {
      if (row.path("attached").asString("").equals("NO")) {
        rows.add(row);
      }
    }
    return rest;
  }

  private static String attached(JsonNode row) {
    int members = 0;
    for (JsonNode group : row.path("groups")) {
      members += group.path("members").size();
    }
    return switch (row.path("attached").asString("")) {
      case "YES" -> Integer.toString(members);
      case "NO" -> "nobody";
      default -> "unknown";
    };
  }

  private static String names(JsonNode list, String member) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(one -> one.path(member).asString(""))
        .collect(Collectors.joining(", "));
  }

  private static String lag(JsonNode groups) {
    long lag = 0;
    for (JsonNode group : groups) {
      lag += group.path("committedLag").asLong(0);
    }
    return groups.isEmpty() ? "" : Long.toString(lag);
  }
}
