package io.doundo.launcher.cli.schedule;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.AnswerAge;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ControlOptions;
import io.doundo.launcher.cli.ControlOptions.ControlRequest;
import io.doundo.launcher.cli.Listing;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WatchOptions;
import io.doundo.launcher.cli.WebOption;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo schedules}. */
@Command(
    name = "schedules",
    description = "List schedules, or show, pause, resume or trigger one.",
    subcommands = {
      SchedulesCommand.Show.class,
      SchedulesCommand.Pause.class,
      SchedulesCommand.Resume.class,
      SchedulesCommand.Trigger.class
    },
    mixinStandardHelpOptions = true)
public final class SchedulesCommand implements Callable<Integer> {

  private static final String PATH = "/api/schedules";

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only schedules of this orchestration.",
      defaultValue = "")
  private String orchestration = "";

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("orchestration", orchestration);
    if (web.isWanted()) {
      return web.open(options, "/schedules" + ServiceClient.query(query), output);
    }
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH + ServiceClient.query(query)),
        new Listing("schedules", SchedulesCommand::name, "No schedules.")
            .completing("schedules")
            .column("SCHEDULE", SchedulesCommand::name)
            .column("STATE", Listing.text("state"))
            .column("TIMES", Listing.text("times"))
            .column("NEXT", schedule -> TimeText.time(schedule.at("/next/0/at")))
            .column("RUNNING", schedule -> Integer.toString(schedule.path("running").size()))
            .column("LAST", schedule -> schedule.at("/recent/0/type").asString(""))
            .column("AT", schedule -> TimeText.time(schedule.at("/recent/0/at")))
            .wide("REASON", schedule -> schedule.at("/recent/0/reason").asString("")),
        output);
    return ExitCodes.OK;
  }

  private static String name(JsonNode schedule) {
    return schedule.path("orchestration").asString("")
        + '/'
        + schedule.path("trigger").asString("");
  }

  /** The common part of the commands about one schedule. */
  abstract static sealed class OfOneSchedule implements Callable<Integer> {

    @Parameters(
        index = "0",
        paramLabel = "SCHEDULE",
        description = "The orchestration and the trigger, such as report/nightly.")
    private String schedule = "";

    @Mixin ServiceOptions options;
    @Mixin OutputOptions output;

    String path(String part) {
      int slash = schedule.indexOf('/');
      if (slash <= 0 || slash == schedule.length() - 1) {
        throw new CommandFailure(
            ExitCodes.USAGE,
            "A schedule is named by its orchestration and its trigger, such as report/nightly.");
      }
      return PATH
          + '/'
          + ServiceClient.segment(schedule.substring(0, slash))
          + '/'
          + ServiceClient.segment(schedule.substring(slash + 1))
          + part;
    }

    String schedule() {
      return schedule;
    }
  }

  /** {@code doundo schedules show}. */
  @Command(
      name = "show",
      description = "Show a schedule: its next times, its runs and what happened lately.",
      mixinStandardHelpOptions = true)
  static final class Show extends OfOneSchedule {

    @Override
    public Integer call() {
      JsonNode shown = options.client().get(path(""));
      if (output.isJson()) {
        output.json(shown);
        return ExitCodes.OK;
      }
      line("Schedule", name(shown));
      line("State", shown.path("state").asString("") + why(shown));
      line("Times", shown.path("times").asString(""));
      line("Overlap", shown.path("overlap").asString("").toLowerCase(Locale.ROOT));
      line(
          "Catch up",
          shown.path("catchUp").asString("").toLowerCase(Locale.ROOT)
              + " within "
              + shown.path("within").asString(""));
      for (JsonNode next : shown.path("next")) {
        line(
            "Next", TimeText.time(next.path("at")) + "  (" + next.path("local").asString("") + ')');
      }
      for (JsonNode run : shown.path("running")) {
        line("Run", run.path("flowId").asString("") + "  " + run.path("progress").asString(""));
      }
      Table table = new Table("AT", "WHAT", "DUE", "RUN", "REASON", "BY");
      for (JsonNode entry : shown.path("recent")) {
        int count = entry.path("count").asInt(0);
        table.row(
            TimeText.time(entry.path("at")),
            entry.path("type").asString("") + (count > 1 ? " x" + count : ""),
            TimeText.time(entry.path("planned")),
            entry.path("flowId").asString(""),
            entry.path("reason").asString(""),
            entry.path("by").asString(""));
      }
      output.lines(table.lines(output.terminal(), ""));
      AnswerAge.note(shown, output);
      return ExitCodes.OK;
    }

    private void line(String word, String text) {
      output.line("%-9s %s".formatted(word, Terminal.clean(text)));
    }

    private static String why(JsonNode shown) {
      String stopped = shown.path("stopped").asString("");
      JsonNode paused = shown.path("paused");
      String by = paused.path("by").asString("");
      String reason = paused.path("reason").asString("");
      if (!stopped.isEmpty()) {
        return ": " + stopped;
      }
      return (by.isEmpty() ? "" : " by " + by) + (reason.isEmpty() ? "" : ": " + reason);
    }
  }

  /** The common part of the commands that ask something of a schedule. */
  abstract static sealed class Asking extends OfOneSchedule {

    @Mixin private ControlOptions control;

    int ask(String verb, String done) {
      return control.send(
          options.client(),
          new ControlRequest("POST", path('/' + verb), Map.of()),
          output,
          schedule(),
          done);
    }
  }

  /** {@code doundo schedules pause}. */
  @Command(
      name = "pause",
      description = "Start no more runs by time until resume; running ones go on.",
      mixinStandardHelpOptions = true)
  static final class Pause extends Asking {
    @Override
    public Integer call() {
      return ask("pause", "paused");
    }
  }

  /** {@code doundo schedules resume}. */
  @Command(
      name = "resume",
      description = "Start runs again, from the next time on; those between are not caught up.",
      mixinStandardHelpOptions = true)
  static final class Resume extends Asking {
    @Override
    public Integer call() {
      return ask("resume", "resumed");
    }
  }

  /** {@code doundo schedules trigger}. */
  @Command(
      name = "trigger",
      description = "Start a run now, also while the schedule is paused.",
      mixinStandardHelpOptions = true)
  static final class Trigger extends Asking {
    @Override
    public Integer call() {
      return ask("trigger", "a run was started, or waits for the one before to be undone");
    }
  }
}
