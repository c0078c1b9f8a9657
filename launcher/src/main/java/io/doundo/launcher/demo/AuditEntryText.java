package io.doundo.launcher.demo;

import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
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
final class AuditEntryText {

  private static final Pattern DELAY = Pattern.compile("next attempt (in .+)");
  private static final int STEP_WIDTH = 24;

  private final Terminal terminal;
  private @Nullable Instant begun;

  AuditEntryText(Terminal terminal) {
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
    String who = entry.step().isEmpty() ? "flow" : entry.step();
    return "  %s  %s  %s"
        .formatted(
            terminal.dim(time),
            String.format("%-" + STEP_WIDTH + "s", Terminal.clean(who)),
            coloured(entry, Terminal.clean(words(entry))));
  }

  /** The hint to show after this entry while the flow waits. */
  static String waitingFor(AuditEntry entry) {
    String step = Terminal.clean(entry.step());
    return switch (entry.type()) {
      case "STEP_STARTED" ->
          entry.isUndo() ? "waiting for the undo of " + step : "waiting for " + step;
      case "STEP_RETRY_TRIGGERED" -> "waiting for the next attempt of " + step;
      case "STEP_ARMED", "FLOW_UNDOING" -> "waiting for the decision to be committed";
      default -> "waiting";
    };
  }

  private static String words(AuditEntry entry) {
    return switch (entry.type()) {
      case "FLOW_STARTED" -> "started";
      case "FLOW_WAITING" -> "waiting for its orchestration to be registered";
      case "FLOW_COMPLETED" -> "completed";
      case "FLOW_UNDOING" -> "undo: every step that may have had an effect is undone";
      case "FLOW_UNDONE" -> "undone";
      case "FLOW_PARKED" -> "parked, waiting for an operator" + because(entry);
      case "STEP_ARMED" -> "point of no return: the decision is committed before the DO is sent";
      case "STEP_STARTED" -> started(entry);
      case "STEP_SUCCESS" -> (entry.isUndo() ? "undone" : "done") + after(entry);
      case "STEP_FAILED" -> (entry.isUndo() ? "undo failed" : "failed") + because(entry);
      case "STEP_TIMED_OUT" -> "timed out";
      case "STEP_RETRY_TRIGGERED" -> "retrying" + delay(entry);
      case "STEP_RETRY_EXHAUSTED" -> "no attempts left" + because(entry);
      case "STEP_IN_DOUBT" -> "in doubt" + because(entry);
      default -> entry.type().toLowerCase(Locale.ROOT).replace('_', ' ') + because(entry);
    };
  }

  private static String started(AuditEntry entry) {
    String what = entry.isUndo() ? "undo requested" : "do requested";
    return entry.attempt() > 1 ? what + ", attempt " + entry.attempt() : what;
  }

  private static String because(AuditEntry entry) {
    return entry.reason().isEmpty() ? "" : ": " + entry.reason();
  }

  private static String after(AuditEntry entry) {
    return entry.durationMs() < 0 ? "" : " in " + TimeText.duration(entry.durationMs());
  }

  private static String delay(AuditEntry entry) {
    Matcher delay = DELAY.matcher(entry.reason());
    return delay.find() ? " " + delay.group(1) : "";
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
