package io.doundo.launcher.text;

import java.io.PrintWriter;
import java.util.Locale;

/** How far long work has come, drawn in place. It is drawn on a terminal only. Not thread-safe. */
public final class ProgressBar {

  private static final int WIDTH = 30;
  private static final long EVERY_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean isDrawn;
  private final long all;
  private long drawnAt = System.nanoTime() - EVERY_NANOS;
  private boolean hasDrawn;

  /**
   * @param out standard error, beside the result
   * @param all how much there is to do
   */
  public ProgressBar(PrintWriter out, Terminal terminal, long all) {
    this(out, terminal.isInteractive(), all);
  }

  /**
   * @param isDrawn whether a person looks at it
   */
  public ProgressBar(PrintWriter out, boolean isDrawn, long all) {
    this.out = out;
    this.isDrawn = isDrawn;
    this.all = all;
  }

  /** Whether it is drawn at all. */
  public boolean isDrawn() {
    return isDrawn;
  }

  public void show(long done) {
    if (isDrawn && (done == all || System.nanoTime() - drawnAt >= EVERY_NANOS)) {
      drawnAt = System.nanoTime();
      hasDrawn = true;
      out.print('\r' + line(done, all));
      out.flush();
    }
  }

  static String line(long done, long all) {
    int filled = all == 0 ? WIDTH : (int) (done * WIDTH / all);
    return String.format(
        Locale.ROOT,
        "[%s%s] %d of %d (%d %%)",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        done,
        all,
        all == 0 ? 100 : done * 100 / all);
  }

  /** Ends the line, so that what is printed next stands below it. */
  public void end() {
    if (hasDrawn) {
      out.println();
    }
  }
}
