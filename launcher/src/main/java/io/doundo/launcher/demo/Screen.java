package io.doundo.launcher.demo;

import io.doundo.launcher.text.Terminal;
import java.io.PrintStream;

/**
 * Where the demo is shown: lines that stay, and on a terminal one last line that is written over
 * while something is waited for. Thread-safe.
 */
public final class Screen {

  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final Terminal terminal;
  private String live = "";

  public Screen(PrintStream out, Terminal terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  public Terminal terminal() {
    return terminal;
  }

  /** The stream itself, for others to print on while nothing is live. */
  public PrintStream stream() {
    return out;
  }

  public synchronized void line(String text) {
    clear();
    out.println(text);
  }

  public void lines(Iterable<String> lines) {
    lines.forEach(this::line);
  }

  /** Shows a text until the next line, where lines can be written over; elsewhere nothing. */
  public synchronized void live(String text) {
    if (terminal.colours() && !text.equals(live)) {
      out.print(CLEAR_LINE + terminal.dim(text));
      out.flush();
      live = text;
    }
  }

  public synchronized void clear() {
    if (!live.isEmpty()) {
      out.print(CLEAR_LINE);
      out.flush();
      live = "";
    }
  }
}
