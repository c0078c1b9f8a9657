package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which flows a verb is for when it names none, and how they are asked. */
final class BulkOptions {

  @Mixin private FlowFilterOptions filter;

  @Option(
      names = "--verb-step",
      paramLabel = "STEP",
      description =
          "For many flows: the step of retry, skip and resolve, where the flows are not filtered by"
              + " it (default: --step).")
  private @Nullable String verbStep;

  @Option(
      names = "--worker-version",
      paramLabel = "VERSION",
      description =
          "Only flows in which this worker version ran the step of --step, including ended flows;"
              + " needs --ran-from.")
  private @Nullable String workerVersion;

  @Option(
      names = "--ran-from",
      paramLabel = "TIME",
      description =
          "With --worker-version: only runs since this time, such as 2026-01-31T12:00:00Z or -2h.")
  private @Nullable String ranFrom;

  @Option(
      names = "--ran-to",
      paramLabel = "TIME",
      description = "With --worker-version: only runs until this time (default: now).")
  private @Nullable String ranTo;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "For many flows: how many requests are sent per second (default: 20).")
  private @Nullable Integer perSecond;

  @Option(
      names = "--first",
      description = "For many flows: send one request, then pause until doundo jobs resume.")
  private boolean first;

  @Option(
      names = "--expect",
      paramLabel = "N",
      description =
          "For many flows: start only if exactly this many match. Needed with --yes for a request"
              + " that cannot be taken back.")
  private @Nullable Integer expect;

  @Option(
      names = "--incomplete",
      description = "For many flows: start even if the lists may miss some.")
  private boolean incomplete;

  /** The step that was named, for the verb or for the filter. */
  @Nullable String step() {
    return filter.step();
  }

  /** The step that the verb is about, which need not be the one by which flows are filtered. */
  @Nullable String verbStep() {
    return verbStep == null ? step() : verbStep;
  }

  boolean hasVerbStep() {
    return verbStep != null;
  }

  boolean isTrial() {
    return first;
  }

  /** How many flows are expected to match; null for any number. */
  @Nullable Integer expected() {
    return expect;
  }

  /** Whether it says which flows are meant; a step alone does not. */
  boolean hasFilter() {
    Map<String, String> query = new LinkedHashMap<>(filter.query());
    query.remove("step");
    return !query.isEmpty() || workerVersion != null || ranFrom != null || ranTo != null;
  }

  /** Whether any option was given that only makes sense for many flows. */
  boolean isGiven() {
    return hasFilter()
        || hasVerbStep()
        || perSecond != null
        || first
        || expect != null
        || incomplete;
  }

  /** Adds how fast they are asked, and whether the lists may miss some. */
  void addRate(Map<String, RawJson> body) {
    if (incomplete) {
      body.put("incomplete", RawJson.TRUE);
    }
    if (perSecond != null) {
      body.put("perSecond", RawJson.trusted(ServiceJson.MAPPER.writeValueAsBytes(perSecond)));
    }
  }

  /** Adds which flows are meant, and the rate. */
  void addTo(Map<String, RawJson> body) {
    addRate(body);
    Map<String, String> query = new LinkedHashMap<>(filter.query());
    if (workerVersion == null) {
      if (ranFrom != null || ranTo != null) {
        throw usage("--ran-from and --ran-to need --worker-version: they say when it was running.");
      }
      body.put("filter", Json.string(ServiceClient.query(query).substring(1)));
      return;
    }
    String step = query.remove("step");
    String orchestration = query.remove("orchestration");
    if (step == null || ranFrom == null) {
      throw usage(
          "--worker-version needs --step and --ran-from: the step that it ran, and since when.");
    }
    if (!query.isEmpty()) {
      throw usage(
          "--worker-version goes with --step, --orchestration, --ran-from and --ran-to only, not with %s."
              .formatted(String.join(", ", query.keySet())));
    }
    Clock clock = Clock.systemUTC();
    Map<String, RawJson> ranOn = new LinkedHashMap<>();
    if (orchestration != null) {
      ranOn.put("orchestration", Json.string(orchestration));
    }
    ranOn.put("step", Json.string(step));
    ranOn.put("workerVersion", Json.string(workerVersion));
    ranOn.put("from", Json.string(FlowFilterOptions.time("--ran-from", ranFrom, clock)));
    ranOn.put(
        "to",
        Json.string(
            ranTo == null
                ? Instant.now(clock).toString()
                : FlowFilterOptions.time("--ran-to", ranTo, clock)));
    body.put("ranOn", Json.object(ranOn));
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitCodes.USAGE, message);
  }
}
