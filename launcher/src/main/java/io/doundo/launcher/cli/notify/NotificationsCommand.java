package io.doundo.launcher.cli.notify;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.AnswerAge;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
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

/** {@code doundo notifications}. */
@Command(
    name = "notifications",
    description = "List what receivers were told about flows, or show or resend a notification.",
    subcommands = {NotificationsCommand.Show.class, NotificationsCommand.Resend.class},
    mixinStandardHelpOptions = true)
public final class NotificationsCommand implements Callable<Integer> {

  private static final String PATH = "/api/notifications";

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only those that are PENDING, DELIVERED or GIVEN_UP.",
      defaultValue = "")
  private String state = "";

  @Option(
      names = "--receiver",
      paramLabel = "NAME",
      description = "Only to this receiver, such as order/ops, or */ops for one of the settings.",
      defaultValue = "")
  private String receiver = "";

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only about flows of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Option(
      names = "--flow",
      paramLabel = "FLOW",
      description = "Only about this flow.",
      defaultValue = "")
  private String flowId = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, the latest ones (default: 50).",
      defaultValue = "")
  private String limit = "";

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("state", state);
    query.put("receiver", receiver);
    query.put("orchestration", orchestration);
    query.put("flowId", flowId);
    if (web.isWanted()) {
      return web.open(options, "/notifications" + ServiceClient.query(query), output);
    }
    query.put("limit", limit);
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH + ServiceClient.query(query)),
        new Listing("notifications", Listing.text("id"), "No notifications.")
            .completing("notifications")
            .column("AT", one -> TimeText.time(one.path("at")))
            .column("TYPE", Listing.text("type"))
            .column("ABOUT", NotificationsCommand::about)
            .column("RECEIVER", Listing.text("receiver"))
            .column("STATE", Listing.text("state"))
            .column("ATTEMPTS", Listing.text("attempts"))
            .column("ERROR", Listing.text("lastError"))
            .column("ID", Listing.text("id")),
        output,
        this::below);
    return ExitCodes.OK;
  }

  /** Scripts that read JSON have it there. */
  private void below(JsonNode list) {
    if (output.format() == OutputOptions.Format.JSON) {
      return;
    }
    for (JsonNode told : list.path("receivers")) {
      output.note(
          "%s is still to be told of %s since %s."
              .formatted(
                  Terminal.clean(told.path("receiver").asString("")),
                  told.path("pending").asString(""),
                  TimeText.time(told.path("oldest"))));
    }
    for (JsonNode refused : list.at("/resends/refused")) {
      output.note(
          "%s was not sent again, as %s asked at %s: %s."
              .formatted(
                  Terminal.clean(refused.path("notification").asString("")),
                  Terminal.clean(refused.path("by").asString("somebody")),
                  TimeText.time(refused.path("at")),
                  Terminal.clean(refused.path("reason").asString(""))));
    }
    int waiting = list.at("/resends/waiting").asInt(0);
    if (waiting > 0) {
      output.note("%,d requests to send again are not carried out yet.".formatted(waiting));
    }
    long unreadable = list.path("unreadable").asLong(0);
    if (unreadable > 0) {
      output.note(
          "%,d records are left out, because this release cannot read them.".formatted(unreadable));
    }
    PageOptions.noteWhatIsMissing(list, output);
  }

  /** The flow, or else the schedule or the breaker. */
  private static String about(JsonNode one) {
    for (String field : List.of("flowId", "schedule", "breaker")) {
      String name = one.path(field).asString("");
      if (!name.isEmpty()) {
        return field.equals("flowId") ? name : field + ' ' + name;
      }
    }
    return "";
  }

  /** {@code doundo notifications show}. */
  @Command(
      name = "show",
      description = "Show a notification: its body, its attempts, and who had it sent again.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "ID", description = "Such as ntf_0f…, from the list.")
    private String id = "";

    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output;

    @Override
    public Integer call() {
      JsonNode shown = options.client().get(PATH + '/' + ServiceClient.segment(id));
      if (output.isJson()) {
        output.json(shown);
        return ExitCodes.OK;
      }
      line("Id", shown.path("id").asString(""));
      line("Type", shown.path("type").asString(""));
      line("About", about(shown));
      line("At", TimeText.time(shown.path("at")));
      line("Receiver", shown.path("receiver").asString(""));
      line("Sent to", shown.path("connection").asString("") + shown.path("url").asString(""));
      line("State", shown.path("state").asString(""));
      JsonNode next = shown.path("nextAttempt");
      if (!next.isMissingNode() && !next.isNull()) {
        line("Next", TimeText.time(next));
        line("Until", TimeText.time(shown.path("givenUpAt")));
      }
      JsonNode resent = shown.path("resent");
      if (resent.isObject()) {
        line(
            "Resent",
            "%s times, last at %s by %s"
                .formatted(
                    resent.path("count").asString(""),
                    TimeText.time(resent.path("at")),
                    resent.path("by").asString("somebody")));
      }
      line("Body", shown.path("body").toString());
      Table table = new Table("ATTEMPT", "STATUS", "TOOK", "ERROR");
      for (JsonNode attempt : shown.path("recent")) {
        int status = attempt.path("status").asInt(0);
        table.row(
            TimeText.time(attempt.path("at")),
            status == 0 ? "" : Integer.toString(status),
            attempt.path("tookMs").asString("") + " ms",
            attempt.path("error").asString(""));
      }
      if (!table.isEmpty()) {
        output.lines(table.lines(output.terminal(), ""));
      }
      AnswerAge.note(shown, output);
      return ExitCodes.OK;
    }

    private void line(String word, String text) {
      output.line("%-9s %s".formatted(word, Terminal.clean(text)));
    }
  }

  /** {@code doundo notifications resend}. */
  @Command(
      name = "resend",
      description =
          "Send one notification again, or with --from all those of a span of time. The receiver"
              + " gets the same body under the same id.",
      mixinStandardHelpOptions = true)
  static final class Resend implements Callable<Integer> {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "ID",
        description = "Such as ntf_0f…, from the list.")
    private @Nullable String id;

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "Those of events from this time on, such as 2027-01-31T02:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Those of events before this time.")
    private @Nullable String to;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only those that are PENDING, DELIVERED or GIVEN_UP.")
    private @Nullable String state;

    @Option(names = "--receiver", paramLabel = "NAME", description = "Only to this receiver.")
    private @Nullable String receiver;

    @Option(
        names = "--orchestration",
        paramLabel = "NAME",
        description = "Only about flows of this orchestration.")
    private @Nullable String orchestration;

    @Option(
        names = "--dry-run",
        description = "Send nothing; print how many would be sent. Needs --from.")
    private boolean dryRun;

    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output;

    @Override
    public Integer call() {
      if ((id == null) == (from == null)) {
        throw new CommandFailure(
            ExitCodes.USAGE, "Name one notification by its id, or a span of time with --from.");
      }
      if (id != null
          && (to != null || state != null || receiver != null || orchestration != null)) {
        throw new CommandFailure(
            ExitCodes.USAGE, "--to, --state, --receiver and --orchestration need --from.");
      }
      if (id != null && dryRun) {
        throw new CommandFailure(ExitCodes.USAGE, "--dry-run needs --from.");
      }
      JsonNode answer =
          id != null
              ? send(PATH + '/' + ServiceClient.segment(id) + "/resend", null)
              : send(PATH + "/resend" + (dryRun ? "?dryRun=true" : ""), order());
      if (output.isJson()) {
        output.json(answer);
      } else {
        output.line(
            "%s %s."
                .formatted(
                    answer.path("notifications").asString("0"),
                    dryRun ? "would be sent again" : "are sent again"));
        int left = answer.path("left").asInt(0);
        if (left > 0) {
          output.note("%,d more match; give an earlier --to to send those again.".formatted(left));
        }
      }
      return ExitCodes.OK;
    }

    private JsonNode send(String path, @Nullable RawJson body) {
      return options.client().send("POST", path, body).body();
    }

    private RawJson order() {
      Map<String, RawJson> order = new LinkedHashMap<>();
      put(order, "from", from);
      put(order, "to", to);
      put(order, "state", state);
      put(order, "receiver", receiver);
      put(order, "orchestration", orchestration);
      return Json.object(order);
    }

    private static void put(Map<String, RawJson> order, String name, @Nullable String value) {
      if (value != null) {
        order.put(name, Json.string(value));
      }
    }
  }
}
