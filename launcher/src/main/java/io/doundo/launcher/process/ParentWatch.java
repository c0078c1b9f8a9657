package io.doundo.launcher.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends this JVM when its parent is gone. The parent holds the other end of standard input; the
 * operating system closes it however the parent ends, {@code kill -9} included.
 */
public final class ParentWatch {

  /** How long shutdown hooks may take before the JVM is halted. */
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(20);

  private ParentWatch() {}

  /** Starts watching in the background. */
  public static void start() {
    Thread watch = new Thread(() -> exitAtEnd(System.in), "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void exitAtEnd(InputStream parent) {
    try {
      while (parent.read() >= 0) {
        // Nothing is ever sent; only the end matters.
      }
    } catch (IOException e) {
      System.err.println("The pipe to the parent process broke: " + e.getMessage());
    }
    System.err.println("The parent process has ended; stopping.");
    haltAfter(SHUTDOWN_LIMIT);
    System.exit(0);
  }

  private static void haltAfter(Duration limit) {
    Thread halt =
        new Thread(
            () -> {
              try {
                Thread.sleep(limit.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(1);
            },
            "halt");
    halt.setDaemon(true);
    halt.start();
  }
}
