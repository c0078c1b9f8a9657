package io.doundo.launcher.text;

import java.util.stream.Collectors;

/**
 * How text looks where it is printed. Nothing that came from elsewhere reaches the terminal with
 * control characters in it.
 *
 * @param colours whether colours are wanted and can be shown
 */
public record Terminal(boolean colours) {

  /** Moves to the top of an empty screen. */
  public static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  private static final String RESET = "\u001b[0m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String RED = "\u001b[31m";
  private static final String CYAN = "\u001b[36m";
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";

  /** The doundo script knows whether standard output is a terminal. */
  public static Terminal ofThisProcess() {
    String never = System.getenv("NO_COLOR");
    return new Terminal(
        Boolean.getBoolean("doundo.terminal")
            && (never == null || never.isEmpty())
            && !"dumb".equals(System.getenv("TERM")));
  }

  /** Whether a person looks at standard output, on a screen that can be drawn anew. */
  public boolean isInteractive() {
    return Boolean.getBoolean("doundo.terminal") && !"dumb".equals(System.getenv("TERM"));
  }

  /** Text in which nothing can move the cursor or change colours. */
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** The same for a text of several lines. */
  public static String cleanLines(String text) {
    return text.lines().map(Terminal::clean).collect(Collectors.joining(System.lineSeparator()));
  }

  /** A flow or step status in the colour of its meaning. */
  public String status(String status) {
    return coloured(colourOf(status), status);
  }

  public String bold(String text) {
    return coloured(BOLD, text);
  }

  public String dim(String text) {
    return coloured(DIM, text);
  }

  public String green(String text) {
    return coloured(GREEN, text);
  }

  public String yellow(String text) {
    return coloured(YELLOW, text);
  }

  public String red(String text) {
    return coloured(RED, text);
  }

  private String coloured(String colour, String text) {
    return colours && !colour.isEmpty() && !text.isEmpty() ? colour + text + RESET : text;
  }

  private static String colourOf(String status) {
    return switch (status.strip()) {
      case "COMPLETED", "DO_SUCCESS", "UNDO_SUCCESS", "RESOLVED" -> GREEN;
      case "IN_PROGRESS", "WAITING", "ARMED" -> CYAN;
      case "UNDOING", "UNDONE", "DO_FAIL", "SKIPPED", "IN_DOUBT" -> YELLOW;
      case "PARKED", "ABANDONED", "REJECTED", "FAILED", "RETRY_EXHAUSTED", "UNDO_FAIL" -> RED;
      default -> "";
    };
  }
}
