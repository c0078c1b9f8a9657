package io.doundo.launcher.cli.task;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.PageOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doundo tasks}. */
@Command(
    name = "tasks",
    description = "List open tasks, those due first on top.",
    mixinStandardHelpOptions = true)
public final class TasksCommand implements Callable<Integer> {

  @Option(
      names = "--assignee",
      paramLabel = "NAME",
      description = "Only tasks of this person or group.",
      defaultValue = "")
  private String assignee = "";

  @Option(names = "--mine", description = "Only tasks that are for me or for one of my groups.")
  private boolean mine;

  @Option(
      names = "--candidate",
      paramLabel = "NAME",
      description = "Only tasks that this person or group may complete.",
      defaultValue = "")
  private String candidate = "";

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only tasks of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Option(names = "--overdue", description = "Only tasks that should be completed by now.")
  private boolean overdue;

  @Mixin private PageOptions page = new PageOptions(50);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("assignee", assignee);
    query.put("candidate", candidate);
    query.put("orchestration", orchestration);
    query.put("overdue", overdue ? "true" : "");
    if (web.isWanted()) {
      if (mine) {
        query.put("assignee", "me");
      }
      return web.open(options, "/tasks" + ServiceClient.query(query), output);
    }
    query.put("mine", mine ? "true" : "");
    page.print(options.client(), "/api/tasks", query, listing(), output);
    return ExitCodes.OK;
  }

  private static Listing listing() {
    return new Listing("tasks", Listing.text("flowId"), "No open tasks.")
        .column("FLOW", Listing.text("flowId"))
        .column("STEP", Listing.text("step"))
        .column("TASK", Listing.text("title"))
        .column("ASSIGNEE", Listing.text("assignee"))
        .column("CANDIDATES", row -> ListText.all(row.path("candidates")))
        .column(
            "DUE",
            row ->
                TimeText.time(row.path("dueAt"))
                    + (row.path("overdue").asBoolean(false) ? " overdue" : ""))
        .column("OPENED", row -> TimeText.time(row.path("openedAt")));
  }
}
