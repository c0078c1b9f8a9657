package io.doundo.launcher.cli.job;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.text.JobText;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo jobs}. */
@Command(
    name = "jobs",
    description =
        "List bulk jobs, or show or control one. To create one, give a verb a filter in place of a"
            + " flow, such as: doundo retry --status PARKED --reason TEXT",
    subcommands = {
      JobsCommand.Show.class,
      JobsCommand.Start.class,
      JobsCommand.Pause.class,
      JobsCommand.Resume.class,
      JobsCommand.Stop.class,
      JobsCommand.Rate.class,
      JobsCommand.Items.class,
      JobsCommand.Watch.class
    },
    mixinStandardHelpOptions = true)
public final class JobsCommand implements Callable<Integer> {

  private static final String PATH = "/api/jobs";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Maximum number of jobs (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int limit = 50;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    JsonNode list = options.client().get(PATH + "?limit=" + limit);
    if (output.isJson()) {
      output.json(list);
      return ExitCodes.OK;
    }
    Table table =
        new Table(
            "JOB", "STATE", "VERB", "MATCHED", "SENT", "RECOVERED", "CREATED", "BY", "REASON");
    for (JsonNode job : list.path("jobs")) {
      table.row(
          job.path("jobId").asString(""),
          job.path("state").asString(""),
          JobText.verb(job),
          job.path("matched").asString(""),
          job.path("sent").asString(""),
          job.path("outcome").path("recovered").asString(""),
          TimeText.time(job.path("createdAt")),
          job.path("createdBy").asString(""),
          job.path("reason").asString(""));
    }
    if (table.isEmpty()) {
      output.line("No jobs.");
    } else {
      output.lines(table.lines(output.terminal(), ""));
    }
    return ExitCodes.OK;
  }

  /** The common part of the commands about one job. */
  abstract static sealed class OfOneJob implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "JOB", description = "Id of the job.")
    private String jobId = "";

    @Mixin ServiceOptions options;
    @Mixin OutputOptions output;

    String path(String part) {
      return PATH + '/' + ServiceClient.segment(jobId) + part;
    }

    int print(JsonNode job) {
      if (output.isJson()) {
        output.json(job);
      } else {
        output.line(JobText.progress(job, output.terminal()));
        String note = job.path("note").asString("");
        if (!note.isEmpty()) {
          output.note(Terminal.clean(note));
        }
      }
      return ExitCodes.OK;
    }

    int post(String part, Map<String, RawJson> body) {
      return print(options.client().post(path(part), Json.object(body), Duration.ZERO).body());
    }
  }

  /** {@code doundo jobs show}. */
  @Command(
      name = "show",
      description = "Show a job: its preview, its progress and the outcomes of its flows.",
      mixinStandardHelpOptions = true)
  static final class Show extends OfOneJob {

    @Override
    public Integer call() {
      JsonNode job = options.client().get(path(""));
      if (output.isJson()) {
        output.json(job);
      } else {
        output.lines(JobText.whole(job, output.terminal()));
      }
      return ExitCodes.OK;
    }
  }

  /** {@code doundo jobs start}. */
  @Command(
      name = "start",
      description = "Start a job within ten minutes of its preview.",
      mixinStandardHelpOptions = true)
  static final class Start extends OfOneJob {

    @Option(names = "--first", description = "Send only one request, then pause until resume.")
    private boolean first;

    @Option(
        names = "--first-flow",
        paramLabel = "FLOW",
        description = "Send the request only for this flow of the job, then pause until resume.")
    private @Nullable String firstFlow;

    @Override
    public Integer call() {
      Map<String, RawJson> body = new LinkedHashMap<>();
      if (firstFlow != null) {
        body.put("first", Json.string(firstFlow));
      } else if (first) {
        body.put("first", RawJson.TRUE);
      }
      return post("/start", body);
    }
  }

  /** {@code doundo jobs pause}. */
  @Command(
      name = "pause",
      description = "Send nothing more until resume.",
      mixinStandardHelpOptions = true)
  static final class Pause extends OfOneJob {
    @Override
    public Integer call() {
      return post("/pause", Map.of());
    }
  }

  /** {@code doundo jobs resume}. */
  @Command(
      name = "resume",
      description = "Continue a paused job; after a trial, with all its flows.",
      mixinStandardHelpOptions = true)
  static final class Resume extends OfOneJob {
    @Override
    public Integer call() {
      return post("/resume", Map.of());
    }
  }

  /** {@code doundo jobs stop}. */
  @Command(
      name = "stop",
      description = "End a job for good; requests already sent are not taken back.",
      mixinStandardHelpOptions = true)
  static final class Stop extends OfOneJob {
    @Override
    public Integer call() {
      return post("/stop", Map.of());
    }
  }

  /** {@code doundo jobs rate}. */
  @Command(
      name = "rate",
      description = "Change how many requests a job sends per second.",
      mixinStandardHelpOptions = true)
  static final class Rate extends OfOneJob {

    @Parameters(index = "1", paramLabel = "PER-SECOND", description = "1 to 1000.")
    private int perSecond;

    @Override
    public Integer call() {
      Map<String, RawJson> body = Map.of("perSecond", Json.of(Json.MAPPER.valueToTree(perSecond)));
      return print(options.client().send("PATCH", path(""), Json.object(body)).body());
    }
  }

  /** {@code doundo jobs items}. */
  @Command(
      name = "items",
      description = "List the flows of a job with their results.",
      mixinStandardHelpOptions = true)
  static final class Items extends OfOneJob {

    @Option(
        names = "--outcome",
        paramLabel = "OUTCOME",
        description =
            "Only flows with this outcome: LEFT, ACCEPTED, REFUSED, CHANGED, RECOVERED, TRYING or"
                + " PARKED_AGAIN; of dead letters: LEFT, RESENT, DEAD_LETTERED_AGAIN or REFUSED.",
        defaultValue = "")
    private String outcome = "";

    @Option(
        names = "--limit",
        paramLabel = "N",
        description = "Maximum number of flows (default: ${DEFAULT-VALUE}).",
        defaultValue = "100")
    private int limit = 100;

    @Option(
        names = "--cursor",
        paramLabel = "CURSOR",
        description = "Continue after an earlier page.",
        defaultValue = "")
    private String cursor = "";

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("outcome", outcome.toUpperCase(Locale.ROOT));
      query.put("limit", Integer.toString(limit));
      query.put("cursor", cursor);
      JsonNode page = options.client().get(path("/items") + ServiceClient.query(query));
      if (output.isJson()) {
        output.json(page);
        return ExitCodes.OK;
      }
      Table table = new Table("FLOW", "RESULT", "OUTCOME", "REASON");
      for (JsonNode item : page.path("items")) {
        table.row(
            item.path("flowId").asString(""),
            item.path("result").asString(""),
            item.path("outcome").asString(""),
            item.path("reason").asString(""));
      }
      if (table.isEmpty()) {
        output.line("No flows.");
      } else {
        output.lines(table.lines(output.terminal(), ""));
      }
      String next = page.path("nextCursor").asString("");
      if (!next.isEmpty()) {
        output.note("More: add --cursor " + Terminal.clean(next));
      }
      return ExitCodes.OK;
    }
  }

  /** {@code doundo jobs watch}. */
  @Command(
      name = "watch",
      description =
          "Show the progress of a job until it has ended and none of its flows is still trying.",
      mixinStandardHelpOptions = true)
  static final class Watch extends OfOneJob {

    private static final Duration EVERY = Duration.ofSeconds(1);

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "Give up after this time (default: ${DEFAULT-VALUE}).",
        defaultValue = "3600")
    private long timeout = 3_600;

    @Override
    public Integer call() {
      long end = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
      String shown = "";
      while (true) {
        JsonNode job = options.client().get(path(""));
        String now = JobText.progress(job, output.terminal());
        if (!now.equals(shown)) {
          shown = now;
          print(job);
        }
        String state = job.path("state").asString("");
        boolean isOver =
            state.equals("DRAFT")
                || state.equals("PAUSED")
                || ((state.equals("DONE") || state.equals("STOPPED"))
                    && job.path("outcome").path("trying").asInt(0) == 0);
        if (isOver) {
          JsonNode outcome = job.path("outcome");
          return outcome.path("parkedAgain").asInt(0) > 0
                  || outcome.path("deadLetteredAgain").asInt(0) > 0
              ? ExitCodes.NOT_COMPLETED
              : ExitCodes.OK;
        }
        if (System.nanoTime() > end) {
          throw new CommandFailure(
              ExitCodes.NOT_YET, "The job is still %s and continues.".formatted(state));
        }
        pause();
      }
    }

    private static void pause() {
      try {
        Thread.sleep(EVERY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure(
            ExitCodes.NOT_YET, "Watching was interrupted; the job continues.", null, e);
      }
    }
  }
}
