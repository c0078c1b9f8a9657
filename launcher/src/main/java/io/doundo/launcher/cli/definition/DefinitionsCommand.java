package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OrchestrationSuggestions;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.Shell;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.cli.complete.CompletionCache;
import io.doundo.launcher.cli.text.DiffText;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo definitions}. */
@Command(
    name = "definitions",
    description = "List the registered orchestrations, or show one in full.",
    subcommands = {
      DefinitionsCommand.Diff.class,
      OrchestrationStatusCommand.Activate.class,
      OrchestrationStatusCommand.Pause.class,
      OrchestrationStatusCommand.Retire.class,
      OrchestrationStatusCommand.Draft.class
    },
    mixinStandardHelpOptions = true)
public final class DefinitionsCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The orchestration.")
  private @Nullable String name;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      String page = name == null ? "" : '/' + ServiceClient.segment(name);
      return web.open(options, "/orchestrations" + page, output);
    }
    String path = "/api/orchestrations";
    ServiceClient client = options.client();
    JsonNode answer = name == null ? client.get(path) : one(client, name);
    answer
        .path("orchestrations")
        .forEach(one -> CompletionCache.seen("orchestrations", one.path("name").asString("")));
    answer
        .path("steps")
        .forEach(one -> CompletionCache.seen("steps", one.path("name").asString("")));
    if (name == null && output.format() != OutputOptions.Format.TABLE) {
      listing().print(answer, output, true);
    } else if (output.isJson()) {
      output.json(answer);
    } else if (name == null) {
      printAll(answer);
    } else {
      printOne(answer);
    }
    return ExitCodes.OK;
  }

  /** {@code doundo definitions diff}. */
  @Command(
      name = "diff",
      description = "Compare two registered versions of an orchestration, step by step.",
      mixinStandardHelpOptions = true)
  static final class Diff implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The orchestration.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "FROM", description = "A version, such as 6.")
    private int from;

    @Parameters(index = "2", paramLabel = "TO", description = "Another version, such as 7.")
    private int to;

    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output;

    @Override
    public Integer call() {
      ServiceClient client = options.client();
      String path =
          "/api/orchestrations/%s/diff?from=%d&to=%d"
              .formatted(ServiceClient.segment(name), from, to);
      JsonNode diff = OrchestrationSuggestions.orSuggestion(client, name, () -> client.get(path));
      if (output.isJson()) {
        output.json(diff);
        return ExitCodes.OK;
      }
      boolean isSame =
          diff.path("steps").isEmpty()
              && diff.path("fields").isEmpty()
              && diff.at("/edges/added").isEmpty()
              && diff.at("/edges/removed").isEmpty();
      output.line(
          "%s from version %d to %d%s"
              .formatted(
                  output.terminal().bold(Terminal.clean(name)),
                  from,
                  to,
                  isSame ? ": the steps are the same." : ""));
      List<String> lines = DiffText.lines(diff, output.terminal());
      output.lines(lines.subList(1, lines.size()));
      return ExitCodes.OK;
    }
  }

  static JsonNode one(ServiceClient client, String name) {
    return OrchestrationSuggestions.orSuggestion(
        client, name, () -> client.get("/api/orchestrations/" + ServiceClient.segment(name)));
  }

  private static Listing listing() {
    return new Listing("orchestrations", Listing.text("name"), "No orchestrations are registered.")
        .column("NAME", Listing.text("name"))
        .column("TITLE", Listing.text("title"))
        .column("CATEGORY", Listing.text("category"))
        .column("LABELS", row -> ListText.all(row.path("labels")))
        .column("VERSION", Listing.text("version"))
        .column("STATUS", Listing.text("status"))
        .column("TYPE", Listing.text("type"))
        .column("STEPS", Listing.text("steps"))
        .column("REGISTERED", row -> TimeText.time(row.path("registeredAt")))
        .column("BY", Listing.text("initiator"))
        .column("UNSERVED", row -> ListText.all(row.path("unservedSteps")));
  }

  private void printAll(JsonNode answer) {
    JsonNode all = answer.path("orchestrations");
    boolean hasTitles = hasAny(all, "title");
    boolean hasCategories = hasAny(all, "category");
    boolean hasLabels = hasAny(all, "labels");
    List<String> headings = new ArrayList<>(List.of("NAME"));
    addIf(hasTitles, headings, "TITLE");
    addIf(hasCategories, headings, "CATEGORY");
    addIf(hasLabels, headings, "LABELS");
    headings.addAll(List.of("VERSION", "STATUS", "TYPE", "STEPS", "REGISTERED", "BY", "UNSERVED"));
    Table table = new Table(headings.toArray(String[]::new));
    for (JsonNode one : all) {
      List<String> cells = new ArrayList<>(List.of(one.path("name").asString("")));
      addIf(hasTitles, cells, one.path("title").asString(""));
      addIf(hasCategories, cells, one.path("category").asString(""));
      addIf(hasLabels, cells, ListText.all(one.path("labels")));
      cells.addAll(
          List.of(
              one.path("version").asString(""),
              one.path("status").asString(""),
              one.path("type").asString(""),
              one.path("steps").asString(""),
              TimeText.time(one.path("registeredAt")),
              one.path("initiator").asString(""),
              ListText.few(one.path("unservedSteps"))));
      table.row(cells.toArray(String[]::new));
    }
    if (table.isEmpty()) {
      output.line(
          "No orchestrations are registered. Register one with: "
              + Shell.command()
              + " register FILE");
    } else {
      output.lines(table.lines(output.terminal(), ""));
    }
  }

  /** Whether one of the orchestrations has a value in this field. */
  private static boolean hasAny(JsonNode all, String field) {
    for (JsonNode one : all) {
      JsonNode value = one.path(field);
      if (!value.asString("").isEmpty() || !value.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static void addIf(boolean holds, List<String> cells, String cell) {
    if (holds) {
      cells.add(cell);
    }
  }

  private void printOne(JsonNode one) {
    String description = one.path("description").asString("");
    output.line(
        "%s  version %s  %s  %s  (%s)"
            .formatted(
                output.terminal().bold(Terminal.clean(one.path("name").asString(""))),
                one.path("version").asString(""),
                one.path("status").asString(""),
                one.path("type").asString(""),
                one.path("definition").asString("")));
    if (!description.isEmpty()) {
      output.line("  " + Terminal.clean(description));
    }
    String title = one.path("title").asString("");
    String category = one.path("category").asString("");
    String labels = ListText.all(one.path("labels"));
    if (!title.isEmpty()) {
      output.line("  title: " + Terminal.clean(title));
    }
    if (!category.isEmpty()) {
      output.line("  category: " + Terminal.clean(category));
    }
    if (!labels.isEmpty()) {
      output.line("  labels: " + Terminal.clean(labels));
    }
    output.line("");
    Table steps = new Table("SEQ", "STEP", "AFTER", "ATTEMPTS", "TIMEOUT", "NOTES", "SERVED BY");
    for (JsonNode step : one.path("steps")) {
      steps.row(
          step.path("seq").asString(""),
          step.path("name").asString(""),
          ListText.all(step.path("dependsOn")),
          isRemote(step) ? step.path("retry").path("maxAttempts").asString("") : "",
          isRemote(step) ? TimeText.setting(step.path("timeout")) : "",
          notes(step),
          ListText.all(step.path("servedBy")));
    }
    output.lines(steps.lines(output.terminal(), "  "));
    output.line("");
    Table versions = new Table("VERSION", "HASH", "REGISTERED", "BY");
    for (JsonNode version : one.path("versions")) {
      versions.row(
          version.path("version").asString(""),
          version.path("hash").asString(""),
          TimeText.time(version.path("registeredAt")),
          version.path("requestedBy").asString(""));
    }
    output.lines(versions.lines(output.terminal(), "  "));
  }

  /** Whether it is a worker's step, and so has attempts and a timeout. */
  private static boolean isRemote(JsonNode step) {
    return step.path("kind").asString("remote").equals("remote");
  }

  private static String notes(JsonNode step) {
    StringBuilder notes = new StringBuilder();
    int branches = step.path("branches").size();
    note(notes, branches > 0, "choice of " + branches);
    note(notes, branches == 0 && !isRemote(step), step.path("kind").asString(""));
    JsonNode guard = step.path("guard");
    note(
        notes,
        guard.isObject(),
        "branch %s of %s"
            .formatted(guard.path("branch").asString(""), guard.path("choice").asString("")));
    String when = step.path("when").asString("");
    note(notes, !when.isEmpty(), "when " + when);
    note(notes, !step.path("after").isEmpty(), "not beside " + ListText.all(step.path("after")));
    note(notes, step.path("pivot").asBoolean(false), "pivot");
    note(notes, isRemote(step) && !step.path("undoable").asBoolean(true), "no undo");
    note(notes, step.path("undoFailed").asBoolean(false), "undo failed");
    String breaker = step.path("breaker").asString("");
    note(notes, !breaker.isEmpty(), "breaker " + breaker);
    note(notes, step.path("committed").asBoolean(false), "committed");
    note(notes, step.path("sharedTopic").asBoolean(false), "shared topic");
    return notes.toString();
  }

  private static void note(StringBuilder notes, boolean holds, String note) {
    if (holds) {
      notes.append(notes.isEmpty() ? "" : ", ").append(note);
    }
  }
}
