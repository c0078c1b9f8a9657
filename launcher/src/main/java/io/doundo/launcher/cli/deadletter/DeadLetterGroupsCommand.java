package io.doundo.launcher.cli.deadletter;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.text.TimeText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doundo dead-letters groups}. */
@Command(
    name = "groups",
    description = "List dead letters in groups by their reasons, the largest group first.",
    mixinStandardHelpOptions = true)
final class DeadLetterGroupsCommand implements Callable<Integer> {

  static final String PATH = DeadLettersCommand.PATH + "/groups";

  @Mixin private DeadLettersCommand.Filter filter;
  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();

  @Override
  public Integer call() {
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH + ServiceClient.query(filter.query())),
        new Listing("groups", Listing.text("fingerprint"), "No dead letters.")
            .column("GROUP", Listing.text("fingerprint"))
            .column("COUNT", Listing.text("count"))
            .column("NOT SEEN", Listing.text("unseen"))
            .column("FIRST", group -> TimeText.time(group.path("firstAt")))
            .column("LAST", group -> TimeText.time(group.path("lastAt")))
            .column("TOPIC", Listing.text("topic"))
            .column("REASON", Listing.text("template")),
        output,
        page -> {
          if (!page.path("complete").asBoolean(true)) {
            output.note("Not all dead letters could be read in time; the counts may be too small.");
          }
        });
    return ExitCodes.OK;
  }
}
