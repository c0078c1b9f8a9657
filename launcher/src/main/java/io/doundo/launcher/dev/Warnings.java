package io.doundo.launcher.dev;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Shows the warnings among a child's log lines, but never floods the terminal: a few in each
 * period, then only that there are more. Used by the one thread that reads the child's output.
 */
final class Warnings {

  private static final int SHOWN_PER_PERIOD = 5;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final String child;
  private final Pattern shown;
  private final PrintStream out;
  private long periodStart = System.nanoTime();
  private int inPeriod;

  /**
   * Shows lines of these levels.
   *
   * @param levels alternatives of a regular expression
   */
  Warnings(String child, String levels, PrintStream out) {
    this.child = child;
    this.shown = Pattern.compile("^\\d\\S*\\s+(" + levels + ")\\s.*");
    this.out = out;
  }

  void line(String line) {
    if (!shown.matcher(line).matches()) {
      return;
    }
    if (System.nanoTime() - periodStart > PERIOD_NANOS) {
      periodStart = System.nanoTime();
      inPeriod = 0;
    }
    inPeriod++;
    if (inPeriod <= SHOWN_PER_PERIOD) {
      out.println("  [" + child + "] " + line);
    } else if (inPeriod == SHOWN_PER_PERIOD + 1) {
      out.println("  [" + child + "] … more of these are in its log");
    }
  }
}
