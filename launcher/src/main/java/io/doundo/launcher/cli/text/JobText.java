package io.doundo.launcher.cli.text;

import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Bulk jobs as lines for people. */
public final class JobText {

  private JobText() {}

  /** What the job would do, or did: its preview. */
  public static List<String> preview(JsonNode job) {
    List<String> lines = new ArrayList<>();
    int matched = job.path("matched").asInt(0);
    lines.add(
        "%s of %s, %d a second: %s"
            .formatted(
                verb(job),
                many(job),
                job.path("perSecond").asInt(0),
                Terminal.clean(job.path("reason").asString(""))));
    JsonNode preview = job.path("preview");
    int width = Integer.toString(matched).length() + 2;
    preview
        .path("byOutcome")
        .propertyStream()
        .forEach(
            outcome ->
                lines.add(
                    ("%" + width + "d  %s")
                        .formatted(outcome.getValue().asInt(0), Terminal.clean(outcome.getKey()))));
    addCounts(lines, "undone", preview.path("perStepUndos"));
    addCounts(lines, "left standing", preview.path("leftStanding"));
    addCounts(lines, "cannot be taken back", preview.path("irreversible"));
    addCounts(lines, "served by nobody", preview.path("unserved"));
    String note = preview.path("note").asString("");
    if (!note.isEmpty()) {
      lines.add("  " + Terminal.clean(note));
    }
    return lines;
  }

  private static void addCounts(List<String> lines, String label, JsonNode counts) {
    if (!counts.isEmpty()) {
      lines.add(
          "  %s: %s"
              .formatted(
                  label,
                  counts
                      .propertyStream()
                      .map(
                          step ->
                              Terminal.clean(step.getKey()) + " (" + step.getValue().asInt(0) + ')')
                      .collect(Collectors.joining(", "))));
    }
  }

  /** How far the job is, in one line. */
  public static String progress(JsonNode job, Terminal terminal) {
    JsonNode outcome = job.path("outcome");
    if (isResend(job)) {
      return "%s: %s, %d of %d sent; %d refused, %d left; %d sent again, %d dead letters again"
          .formatted(
              terminal.bold(Terminal.clean(job.path("jobId").asString("preview"))),
              Terminal.clean(job.path("state").asString("?")),
              job.path("sent").asInt(0),
              job.path("matched").asInt(0),
              job.path("refused").asInt(0),
              job.path("left").asInt(0),
              outcome.path("resent").asInt(0),
              outcome.path("deadLetteredAgain").asInt(0));
    }
    int abandoned = outcome.path("abandoned").asInt(0);
    return "%s: %s, %d of %d sent; %d accepted, %d refused, %d changed, %d left; %d recovered, %d still trying, %d parked again%s"
        .formatted(
            terminal.bold(Terminal.clean(job.path("jobId").asString("preview"))),
            Terminal.clean(job.path("state").asString("?")),
            job.path("sent").asInt(0),
            job.path("matched").asInt(0),
            job.path("accepted").asInt(0),
            job.path("refused").asInt(0),
            job.path("changed").asInt(0),
            job.path("left").asInt(0),
            outcome.path("recovered").asInt(0),
            outcome.path("trying").asInt(0),
            outcome.path("parkedAgain").asInt(0),
            abandoned == 0 ? "" : ", %d abandoned".formatted(abandoned));
  }

  /** Who has paused or stopped the job, and why; empty when nobody has. */
  public static Optional<String> halted(JsonNode job) {
    JsonNode halted = job.path("halted");
    if (!halted.isObject()) {
      return Optional.empty();
    }
    String reason = halted.path("reason").asString("");
    return Optional.of(
        Terminal.clean(
            "%s by %s at %s%s"
                .formatted(
                    job.path("state").asString("?"),
                    halted.path("by").asString("?"),
                    TimeText.time(halted.path("at")),
                    reason.isEmpty() ? "" : ": " + reason)));
  }

  /** The job with its preview, its progress and what refused. */
  public static List<String> whole(JsonNode job, Terminal terminal) {
    List<String> lines = new ArrayList<>(preview(job));
    lines.add(progress(job, terminal));
    halted(job).ifPresent(lines::add);
    job.path("refusals")
        .propertyStream()
        .forEach(
            refusal ->
                lines.add(
                    "  %d refused: %s"
                        .formatted(refusal.getValue().asInt(0), Terminal.clean(refusal.getKey()))));
    String note = job.path("note").asString("");
    if (!note.isEmpty()) {
      lines.add(Terminal.clean(note));
    }
    return lines;
  }

  public static String verb(JsonNode job) {
    String step = job.path("step").asString("");
    return Terminal.clean(
        job.path("verb").asString("?").toLowerCase(Locale.ROOT)
            + (step.isEmpty() ? "" : " step " + step));
  }

  /** How many flows or dead letters the job has. */
  public static String many(JsonNode job) {
    int count = job.path("matched").asInt(0);
    String one = isResend(job) ? "dead letter" : "flow";
    return count == 1 ? "1 " + one : count + " " + one + "s";
  }

  private static boolean isResend(JsonNode job) {
    return job.path("verb").asString("").equals("RESEND");
  }
}
