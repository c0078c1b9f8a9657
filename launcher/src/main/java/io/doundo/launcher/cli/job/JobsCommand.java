package io.doundo.launcher.cli.job;

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
import io.doundo.launcher.cli.text.JobText;
import io.doundo.launcher.text.ProgressBar;
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

  @Mixin private WatchOptions watch = new WatchOptions();
  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output = OutputOptions.ofList();
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(options, "/jobs", output);
    }
    ServiceClient client = options.client();
    watch.print(
        () -> client.get(PATH + "?limit=" + limit),
        new Listing("jobs", Listing.text("jobId"), "No jobs.")
            .completing("jobs")
            .column("JOB", Listing.text("jobId"))
            .column("STATE", Listing.text("state"))
            .column("VERB", JobText::verb)
            .column("MATCHED", Listing.text("matched"))
            .column("SENT", Listing.text("sent"))
            .wide("ACCEPTED", Listing.text("accepted"))
            .wide("REFUSED", Listing.text("refused"))
            .wide("CHANGED", Listing.text("changed"))
            .wide("LEFT", Listing.text("left"))
            .column("RECOVERED", job -> outcome(job, "recovered"))
            .wide("TRYING", job -> outcome(job, "trying"))
            .wide("PARKED AGAIN", job -> outcome(job, "parkedAgain"))
            .wide("ABANDONED", job -> outcome(job, "abandoned"))
            .column("CREATED", job -> TimeText.time(job.path("createdAt")))
            .column("BY", Listing.text("createdBy"))
            .column("REASON", Listing.text("reason")),
        output);
    return ExitCodes.OK;
  }

  private static String outcome(JsonNode job, String kind) {
    return job.path("outcome").path(kind).asString("");
  }

  /** The common part of the commands about one job. */
  abstract static sealed class OfOneJob implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "JOB", description = "Id of the job.")
    private String jobId = "";

    @Mixin ServiceOptions options;
    @Mixin OutputOptions output = new OutputOptions();

    String jobId() {
      return jobId;
    }

    String path(String part) {
      return PATH + '/' + ServiceClient.segment(jobId) + part;
    }

    int print(JsonNode job) {
      if (output.isJson()) {
        output.json(job);
      } else {
        output.line(JobText.progress(job, output.terminal()));
        JobText.halted(job).ifPresent(output::note);
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

    @Mixin private WebOption web;

    @Override
    public Integer call() {
      if (web.isWanted()) {
        return web.open(options, "/jobs/" + ServiceClient.segment(jobId()), output);
      }
      JsonNode job = options.client().get(path(""));
      if (output.isJson()) {
        output.json(job);
      } else {
        output.lines(JobText.whole(job, output.terminal()));
        AnswerAge.note(job, output);
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

  /** The common part of the commands that ask something of a job that runs. */
  abstract static sealed class Asking extends OfOneJob {

    @Option(
        names = {"-r", "--reason"},
        paramLabel = "TEXT",
        description = "The reason, which is shown with the job.")
    private @Nullable String reason;

    int ask(String part) {
      return post(part, reason == null ? Map.of() : Map.of("reason", Json.string(reason)));
    }
  }

  /** {@code doundo jobs pause}. */
  @Command(
      name = "pause",
      description = "Send nothing more until resume.",
      mixinStandardHelpOptions = true)
  static final class Pause extends Asking {
    @Override
    public Integer call() {
      return ask("/pause");
    }
  }

  /** {@code doundo jobs resume}. */
  @Command(
      name = "resume",
      description = "Continue a paused job; after a trial, with all its flows.",
      mixinStandardHelpOptions = true)
  static final class Resume extends Asking {
    @Override
    public Integer call() {
      return ask("/resume");
    }
  }

  /** {@code doundo jobs stop}. */
  @Command(
      name = "stop",
      description = "End a job for good; requests already sent are not taken back.",
      mixinStandardHelpOptions = true)
  static final class Stop extends Asking {
    @Override
    public Integer call() {
      return ask("/stop");
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
            "Only flows with this outcome: LEFT, ACCEPTED, REFUSED, CHANGED, RECOVERED, TRYING,"
                + " PARKED_AGAIN or ABANDONED; of dead letters: LEFT, RESENT, DEAD_LETTERED_AGAIN or REFUSED.",
        defaultValue = "")
    private String outcome = "";

    @Mixin private PageOptions page = new PageOptions(100);

    Items() {
      output = OutputOptions.ofList();
    }

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("outcome", outcome.toUpperCase(Locale.ROOT));
      page.print(
          options.client(),
          path("/items"),
          query,
          new Listing("items", Listing.text("flowId"), "No flows.")
              .column("FLOW", Listing.text("flowId"))
              .column("RESULT", Listing.text("result"))
              .column("OUTCOME", Listing.text("outcome"))
              .column("REASON", Listing.text("reason")),
          output);
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

    private boolean isLost;

    @Override
    public Integer call() {
      long end = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
      ServiceClient client = options.client();
      JsonNode job = client.get(path(""));
      // JSON is for programs, which want each step.
      ProgressBar bar =
          new ProgressBar(
              output.err(),
              output.terminal().isInteractive() && !output.isJson(),
              job.path("matched").asInt(0));
      String shown = "";
      try {
        while (!isOver(job)) {
          String now = JobText.progress(job, output.terminal());
          if (!now.equals(shown) && !bar.isDrawn()) {
            print(job);
          }
          shown = now;
          bar.show(job.path("matched").asInt(0) - job.path("left").asInt(0));
          if (System.nanoTime() > end) {
            throw new CommandFailure(
                ExitCodes.NOT_YET,
                "The job is still %s and continues."
                    .formatted(Terminal.clean(job.path("state").asString(""))));
          }
          pause();
          job = again(client, job, end);
        }
      } finally {
        bar.end();
      }
      if (!JobText.progress(job, output.terminal()).equals(shown) || bar.isDrawn()) {
        print(job);
      }
      JsonNode outcome = job.path("outcome");
      return outcome.path("parkedAgain").asInt(0) > 0
              || outcome.path("deadLetteredAgain").asInt(0) > 0
          ? ExitCodes.NOT_COMPLETED
          : ExitCodes.OK;
    }

    /** A service that goes away for a while is waited for: another instance runs the job. */
    private JsonNode again(ServiceClient client, JsonNode last, long end) {
      try {
        JsonNode job = client.get(path(""));
        isLost = false;
        return job;
      } catch (CommandFailure e) {
        if (e.exitCode() != ExitCodes.UNREACHABLE || System.nanoTime() > end) {
          throw e;
        }
        if (!isLost) {
          isLost = true;
          output.note("The service is unreachable or not ready; waiting for it.");
        }
        return last;
      }
    }

    private static boolean isOver(JsonNode job) {
      String state = job.path("state").asString("");
      return state.equals("DRAFT")
          || state.equals("PAUSED")
          || ((state.equals("DONE") || state.equals("STOPPED"))
              && job.path("outcome").path("trying").asInt(0) == 0);
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
