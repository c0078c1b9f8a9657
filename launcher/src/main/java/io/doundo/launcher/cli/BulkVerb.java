package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.JobText;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One verb for many flows or dead letters: makes a job, shows its preview, asks, and starts it.
 * Nothing is sent before the answer.
 */
public final class BulkVerb {

  /** Up to so many flows can be undone with a mere yes. */
  private static final int FEW = 20;

  private final String verb;
  private final IntPredicate dangerous;
  private final ServiceClient client;
  private final OutputOptions output;
  private final ConfirmationPrompt questions;

  private BulkVerb(
      String verb,
      IntPredicate dangerous,
      ServiceClient client,
      OutputOptions output,
      ConfirmationPrompt questions) {
    this.verb = verb;
    this.dangerous = dangerous;
    this.client = client;
    this.output = output;
    this.questions = questions;
  }

  /** A request to many flows. */
  static BulkVerb of(
      ControlAction verb,
      ServiceClient client,
      OutputOptions output,
      ConfirmationPrompt questions) {
    return new BulkVerb(
        VerbCommand.name(verb), flows -> isDangerous(verb, flows), client, output, questions);
  }

  /** Sends many dead letters again. */
  public static BulkVerb resend(
      ServiceClient client, OutputOptions output, ConfirmationPrompt questions) {
    return new BulkVerb("resend", letters -> false, client, output, questions);
  }

  /**
   * How far to go.
   *
   * @param isDryRun whether the preview is all that is wanted
   * @param isAgreed whether no question is asked
   * @param expected how many must match; null for any number
   * @param isTrial whether only one is sent at first
   */
  public record Start(
      boolean isDryRun, boolean isAgreed, @Nullable Integer expected, boolean isTrial) {}

  /**
   * Does it.
   *
   * @param body the request for the job
   * @return the exit code
   */
  public int run(Map<String, RawJson> body, Start start) {
    body.put("verb", Json.string(verb.toUpperCase(Locale.ROOT)));
    if (start.isDryRun()) {
      body.put("dryRun", RawJson.TRUE);
    }
    JsonNode draft = client.post("/api/jobs", Json.object(body), Duration.ofSeconds(90)).body();
    if (start.isDryRun()) {
      show(draft);
      return ExitCodes.OK;
    }
    JobText.preview(draft).forEach(output::note);
    String jobId = draft.path("jobId").asString("");
    Integer expected = start.expected();
    boolean isAgreed = start.isAgreed();
    if (expected != null && expected != matched(draft)) {
      throw new CommandFailure(
          ExitCodes.REFUSED,
          "%s match, but --expect says %d. Nothing was sent."
              .formatted(JobText.many(draft), expected));
    }
    if (isAgreed && expected == null && dangerous.test(matched(draft))) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s of %s cannot be taken back: with --yes, add --expect %d. Nothing was sent."
              .formatted(verb, JobText.many(draft), matched(draft)));
    }
    if (!isAgreed && !questions.canBeAsked()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s of %s must be confirmed, and there is no terminal to ask on: add --yes, or start the draft with \"%s jobs start %s\"."
              .formatted(verb, JobText.many(draft), Shell.command(), jobId));
    }
    if (!isAgreed && !isConfirmed(draft)) {
      output.note("Nothing was sent; the draft %s expires.".formatted(Terminal.clean(jobId)));
      return ExitCodes.REFUSED;
    }
    JsonNode started =
        client
            .post(
                "/api/jobs/" + ServiceClient.segment(jobId) + "/start",
                Json.object(start.isTrial() ? Map.of("first", RawJson.TRUE) : Map.of()),
                Duration.ZERO)
            .body();
    if (output.isJson()) {
      output.json(started);
    } else {
      output.line(JobText.progress(started, output.terminal()));
    }
    output.note("Watch it: %s jobs watch %s".formatted(Shell.command(), Terminal.clean(jobId)));
    return ExitCodes.OK;
  }

  private void show(JsonNode draft) {
    if (output.isJson()) {
      output.json(draft);
    } else {
      output.lines(JobText.preview(draft));
      output.line("Nothing was sent.");
    }
  }

  private boolean isConfirmed(JsonNode draft) {
    int matched = matched(draft);
    String what = "%s %s".formatted(verb, JobText.many(draft));
    return dangerous.test(matched)
        ? questions.isTyped(
            output.err(),
            "This cannot be taken back. To %s, type their number:".formatted(what),
            Integer.toString(matched))
        : questions.isConfirmed(output.err(), "%s?".formatted(what));
  }

  private static boolean isDangerous(ControlAction verb, int matched) {
    return switch (verb) {
      case ABANDON, SKIP, RESOLVE -> true;
      case UNDO, CANCEL -> matched > FEW;
      case RETRY, PAUSE, RESUME, SIGNAL, ASSIGN -> false;
    };
  }

  private static int matched(JsonNode draft) {
    return draft.path("matched").asInt(0);
  }
}
