package io.doundo.launcher.cli.schedule;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo triggers}. */
@Command(
    name = "triggers",
    description = "List what starts flows besides initiators: schedules, events and webhooks.",
    mixinStandardHelpOptions = true)
public final class TriggersCommand implements Callable<Integer> {

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only triggers of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("orchestration", orchestration);
    ServiceClient client = options.client();
    watch.print(
        () -> client.get("/api/triggers" + ServiceClient.query(query)),
        new Listing("triggers", TriggersCommand::name, "No triggers.")
            .column("TRIGGER", TriggersCommand::name)
            .column("KIND", row -> row.path("kind").asString("").toLowerCase(Locale.ROOT))
            .column("SOURCE", TriggersCommand::source)
            .column("DOES", TriggersCommand::does)
            .column("WHEN", Listing.text("when"))
            .column(
                "ORCHESTRATION IS",
                row -> row.path("status").asString("").toLowerCase(Locale.ROOT)),
        output);
    return ExitCodes.OK;
  }

  private static String name(JsonNode trigger) {
    return trigger.path("orchestration").asString("") + '/' + trigger.path("name").asString("");
  }

  /** Where it listens, and how a webhook verifies who sent a request. */
  private static String source(JsonNode trigger) {
    String verify = trigger.path("verify").asString("");
    return trigger.path("source").asString("") + (verify.isEmpty() ? "" : " (" + verify + ')');
  }

  private static String does(JsonNode trigger) {
    String signal = trigger.path("signal").asString("");
    return signal.isEmpty() ? "starts a flow" : "signals " + signal;
  }
}
