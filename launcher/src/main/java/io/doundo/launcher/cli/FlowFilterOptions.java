package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.orchestrator.definition.Durations;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which flows are meant. Every filter of {@code GET /api/flows} has an option, and {@code --filter}
 * takes them all in the form that stands in a URL, so that a link of the console can be pasted.
 */
public final class FlowFilterOptions {

  private static final String ANY = "";

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "One or more statuses, separated by commas: IN_PROGRESS, PARKED, COMPLETED, UNDONE, …",
      defaultValue = ANY)
  private String status = ANY;

  @Option(
      names = "--park-reason",
      paramLabel = "REASON",
      description = "Only parked flows with this reason, such as UNDO_FAILED.",
      defaultValue = ANY)
  private String parkReason = ANY;

  @Option(
      names = "--orchestration",
      paramLabel = "NAME",
      description = "Only flows of this orchestration.",
      defaultValue = ANY)
  private String orchestration = ANY;

  @Option(
      names = "--definition-version",
      paramLabel = "N",
      description = "Only flows that run on this version of their orchestration.",
      defaultValue = ANY)
  private String version = ANY;

  @Option(
      names = {"-s", "--step"},
      paramLabel = "STEP",
      description = "Only flows that are at this step or failed there.",
      defaultValue = ANY)
  private String step = ANY;

  @Option(
      names = "--step-status",
      paramLabel = "STATUS",
      description = "With --step: only flows whose step has this status, such as IN_DOUBT.",
      defaultValue = ANY)
  private String stepStatus = ANY;

  @Option(
      names = "--error",
      paramLabel = "TEXT",
      description = "Only flows with this text in an error message.",
      defaultValue = ANY)
  private String error = ANY;

  @Option(
      names = "--fingerprint",
      paramLabel = "ID",
      description = "Only flows with this kind of error (see: doundo incidents).",
      defaultValue = ANY)
  private String fingerprint = ANY;

  @Option(
      names = "--key",
      paramLabel = "TEXT",
      description = "Only flows with exactly this value of the definition's searchKey.",
      defaultValue = ANY)
  private String key = ANY;

  @Option(
      names = "--id",
      paramLabel = "PREFIX",
      description = "Only flows whose id begins with this text.",
      defaultValue = ANY)
  private String id = ANY;

  @Option(
      names = "--search",
      paramLabel = "TEXT",
      description =
          "Only flows with this text in the flow id or in the value of the definition's searchKey.",
      defaultValue = ANY)
  private String search = ANY;

  @Option(
      names = "--worker",
      paramLabel = "SERVICE",
      description = "Only flows in which this service answered a step.",
      defaultValue = ANY)
  private String worker = ANY;

  @Option(
      names = "--answered-by-version",
      paramLabel = "VERSION",
      description = "Only flows in which a worker of this version answered a step.",
      defaultValue = ANY)
  private String workerVersion = ANY;

  @Option(
      names = "--job",
      paramLabel = "JOB",
      description = "Only flows of this bulk job.",
      defaultValue = ANY)
  private String job = ANY;

  @Option(
      names = "--parent",
      paramLabel = "FLOW",
      description = "Only the parts of this flow.",
      defaultValue = ANY)
  private String parent = ANY;

  @Option(
      names = "--parts",
      description = "Parts of other flows as well; by default only those that are parked.")
  private boolean parts;

  @Option(names = "--paused", description = "Only flows that are paused.")
  private boolean paused;

  @Option(names = "--in-doubt", description = "Only flows with a step that is in doubt.")
  private boolean inDoubt;

  @Option(
      names = "--left-standing",
      description = "Only flows that left an effect standing when they ended.")
  private boolean leftStanding;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Only flows started at or after this time, such as 2026-01-31T12:00:00Z or -1h.",
      defaultValue = ANY)
  private String from = ANY;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Only flows started before this time.",
      defaultValue = ANY)
  private String to = ANY;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only flows started within this time, such as 1h; short for --from -1h.",
      defaultValue = ANY)
  private String since = ANY;

  @Option(
      names = "--ended-from",
      paramLabel = "TIME",
      description = "Only flows that ended at or after this time.",
      defaultValue = ANY)
  private String endedFrom = ANY;

  @Option(
      names = "--ended-to",
      paramLabel = "TIME",
      description = "Only flows that ended before this time.",
      defaultValue = ANY)
  private String endedTo = ANY;

  @Option(
      names = "--updated-from",
      paramLabel = "TIME",
      description = "Only flows that last changed at or after this time.",
      defaultValue = ANY)
  private String updatedFrom = ANY;

  @Option(
      names = "--updated-to",
      paramLabel = "TIME",
      description = "Only flows that last changed before this time.",
      defaultValue = ANY)
  private String updatedTo = ANY;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "FILTER",
      description =
          "Filters as in the addresses of the console and of the REST API, such as"
              + " \"status=PARKED&step=reserveStock\". Repeatable.")
  private List<String> filters = List.of();

  /** The step that was named, or null. */
  public @Nullable String step() {
    return step.isEmpty() ? null : step;
  }

  /** The parameters of the query; empty ones are not asked for. */
  public Map<String, String> query() {
    return query(Clock.systemUTC());
  }

  public Map<String, String> query(Clock clock) {
    if (!since.isEmpty() && !from.isEmpty()) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--since and --from exclude each other: both say when flows started.");
    }
    if (!stepStatus.isEmpty() && step.isEmpty()) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--step-status needs --step: it is the status of that step.");
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("status", status.toUpperCase(Locale.ROOT));
    query.put("parkReason", parkReason.toUpperCase(Locale.ROOT));
    query.put("orchestration", orchestration);
    query.put("version", version);
    query.put("step", step);
    query.put("stepStatus", stepStatus.toUpperCase(Locale.ROOT));
    query.put("error", error);
    query.put("fingerprint", fingerprint);
    query.put("key", key);
    query.put("id", id);
    query.put("search", search);
    query.put("worker", worker);
    query.put("workerVersion", workerVersion);
    query.put("job", job);
    query.put("parent", parent);
    query.put("parts", parts ? "true" : ANY);
    query.put("paused", paused ? "true" : ANY);
    query.put("inDoubt", inDoubt ? "true" : ANY);
    query.put("leftStanding", leftStanding ? "true" : ANY);
    query.put("from", since.isEmpty() ? time("--from", from, clock) : ago("--since", since, clock));
    query.put("to", time("--to", to, clock));
    query.put("endedFrom", time("--ended-from", endedFrom, clock));
    query.put("endedTo", time("--ended-to", endedTo, clock));
    query.put("updatedFrom", time("--updated-from", updatedFrom, clock));
    query.put("updatedTo", time("--updated-to", updatedTo, clock));
    query.values().removeIf(String::isEmpty);
    filters.forEach(filter -> addTo(query, filter));
    return query;
  }

  /** Adds the filters of a query string; one that an option says differently is a mistake. */
  public static void addTo(Map<String, String> query, String filter) {
    for (String part : filter.replaceFirst("^\\?", "").split("&", -1)) {
      int sign = part.indexOf('=');
      if (part.isBlank()) {
        continue;
      }
      if (sign < 1) {
        throw new CommandFailure(
            ExitCodes.USAGE,
            "--filter is made of NAME=VALUE, joined by &; \"%s\" is not.".formatted(part));
      }
      String name = part.substring(0, sign);
      String value = decoded(part.substring(sign + 1));
      String before = query.put(name, value);
      if (before != null && !before.equals(value)) {
        throw new CommandFailure(
            ExitCodes.USAGE,
            "The filter \"%s\" is given twice: as %s and as %s.".formatted(name, before, value));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--filter has a %% without two hexadecimal digits after it: write %%25 for it in \"%s\"."
              .formatted(text),
          null,
          e);
    }
  }

  /** An absolute time as it is, and a relative one as the time that it means now. */
  public static String time(String option, String text, Clock clock) {
    return text.startsWith("-") ? ago(option, text.substring(1), clock) : text;
  }

  private static String ago(String option, String text, Clock clock) {
    Duration before = duration(text);
    if (before == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s must be a time such as 30s, 15m, 1h or 7d, but is \"%s\".".formatted(option, text));
    }
    return Instant.now(clock).minus(before).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static @Nullable Duration duration(String text) {
    return text.matches("\\d+") ? null : Durations.parse(text);
  }
}
