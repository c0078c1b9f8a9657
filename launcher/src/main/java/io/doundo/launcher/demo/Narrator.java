package io.doundo.launcher.demo;

import io.doundo.launcher.cli.Terminal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells a flow's audit log in the words of a person who sees it for the first time. Tells one flow,
 * in order, on one thread.
 */
final class Narrator {

  private static final Pattern DELAY = Pattern.compile("next attempt in (\\d+) ms");
  private static final int STEP_WIDTH = 24;

  private final Terminal terminal;
  private @Nullable Instant begun;

  Narrator(Terminal terminal) {
    this.terminal = terminal;
  }

  /** One line. */
  String line(AuditEntry entry) {
    if (begun == null) {
      begun = entry.at();
    }
    String time =
        String.format(
            Locale.ROOT, "%8.3f s", Duration.between(begun, entry.at()).toMillis() / 1_000.0);
    String who = entry.step().isEmpty() ? "the flow" : entry.step();
    return "  %s  %s  %s"
        .formatted(
            terminal.dim(time),
            String.format("%-" + STEP_WIDTH + "s", Terminal.clean(who)),
            coloured(entry, Terminal.clean(words(entry))));
  }

  /** What the entry means for what comes next, for as long as nothing comes. */
  static String waitingFor(AuditEntry entry) {
    String step = Terminal.clean(entry.step());
    return switch (entry.type()) {
      case "STEP_STARTED" ->
          entry.isUndo() ? "waiting for " + step + " to be undone" : "waiting for " + step;
      case "STEP_RETRY_TRIGGERED" -> "the next attempt of " + step + " is due soon";
      case "STEP_ARMED", "FLOW_UNDOING" -> "waiting until the decision is safely stored";
      default -> "waiting";
    };
  }

  private static String words(AuditEntry entry) {
    return switch (entry.type()) {
      case "FLOW_STARTED" -> "starts";
      case "FLOW_WAITING" -> "waits for its orchestration to be registered";
      case "FLOW_COMPLETED" -> "is completed";
      case "FLOW_UNDOING" -> "turns back: what may have been done is taken back";
      case "FLOW_UNDONE" -> "is undone";
      case "FLOW_PARKED" -> "is parked and waits for an operator" + because(entry);
      case "STEP_ARMED" -> "no way back after this one: the decision is stored before it is asked";
      case "STEP_STARTED" -> started(entry);
      case "STEP_SUCCESS" -> (entry.isUndo() ? "has taken it back" : "has done it") + after(entry);
      case "STEP_FAILED" -> (entry.isUndo() ? "could not undo it" : "failed") + because(entry);
      case "STEP_TIMED_OUT" -> "has not answered in time";
      case "STEP_RETRY_TRIGGERED" -> "will be asked again" + delay(entry);
      case "STEP_RETRY_EXHAUSTED" -> "is given up" + because(entry);
      case "STEP_IN_DOUBT" -> "may or may not have done it" + because(entry);
      default -> entry.type().toLowerCase(Locale.ROOT).replace('_', ' ') + because(entry);
    };
  }

  private static String started(AuditEntry entry) {
    String what = entry.isUndo() ? "is asked to take it back" : "is asked to do its work";
    return entry.attempt() > 1 ? what + ", attempt " + entry.attempt() : what;
  }

  private static String because(AuditEntry entry) {
    return entry.reason().isEmpty() ? "" : ": " + entry.reason();
  }

  private static String after(AuditEntry entry) {
    return entry.durationMs() < 0 ? "" : ", " + entry.durationMs() + " ms";
  }

  private static String delay(AuditEntry entry) {
    Matcher delay = DELAY.matcher(entry.reason());
    return delay.find()
        ? String.format(Locale.ROOT, " in %.1f s", Long.parseLong(delay.group(1)) / 1_000.0)
        : "";
  }

  private String coloured(AuditEntry entry, String words) {
    return switch (entry.type()) {
      case "STEP_SUCCESS", "FLOW_COMPLETED" ->
          entry.isUndo() ? terminal.yellow(words) : terminal.green(words);
      case "FLOW_UNDOING", "FLOW_UNDONE", "STEP_RETRY_TRIGGERED", "STEP_IN_DOUBT" ->
          terminal.yellow(words);
      case "STEP_FAILED", "STEP_RETRY_EXHAUSTED", "STEP_TIMED_OUT", "FLOW_PARKED", "INCIDENT" ->
          terminal.red(words);
      default -> words;
    };
  }
}
