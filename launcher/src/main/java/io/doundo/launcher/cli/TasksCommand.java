package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo tasks}. */
@Command(
    name = "tasks",
    description = "List open tasks; what is due first comes first.",
    mixinStandardHelpOptions = true)
public final class TasksCommand implements Callable<Integer> {

  @Option(
      names = "--assignee",
      paramLabel = "NAME",
      description = "Only tasks of this person or group.",
      defaultValue = "")
  private String assignee = "";

  @Option(
      names = "--candidate",
      paramLabel = "NAME",
      description = "Only tasks that this person or group may complete.",
      defaultValue = "")
  private String candidate = "";

  @Option(names = "--orchestration", paramLabel = "NAME", defaultValue = "")
  private String orchestration = "";

  @Option(names = "--overdue", description = "Only tasks that should be completed by now.")
  private boolean overdue;

  @Mixin private PageOptions page = new PageOptions(50);
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("assignee", assignee);
    query.put("candidate", candidate);
    query.put("orchestration", orchestration);
    query.put("overdue", overdue ? "true" : "");
    page.addTo(query);
    JsonNode list = options.client().get("/api/tasks" + ServiceClient.query(query));
    if (output.isJson()) {
      output.json(list);
    } else {
      print(list);
    }
    return ExitCodes.OK;
  }

  private void print(JsonNode list) {
    Table table = new Table("FLOW", "STEP", "TASK", "ASSIGNEE", "CANDIDATES", "DUE", "OPENED");
    for (JsonNode task : list.path("tasks")) {
      table.row(
          task.path("flowId").asString(""),
          task.path("step").asString(""),
          task.path("title").asString(""),
          task.path("assignee").asString(""),
          ListText.all(task.path("candidates")),
          TimeText.time(task.path("dueAt"))
              + (task.path("overdue").asBoolean(false) ? " overdue" : ""),
          TimeText.time(task.path("openedAt")));
    }
    if (table.isEmpty()) {
      output.line("No open tasks.");
    } else {
      output.lines(table.lines(output.terminal(), ""));
    }
    String note = list.path("note").asString("");
    if (!note.isEmpty()) {
      output.note(Terminal.clean(note));
    }
    page.noteNext(list, output);
  }
}
