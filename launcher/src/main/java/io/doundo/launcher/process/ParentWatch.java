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
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(10);

  private ParentWatch() {}

  /**
   * Starts watching in the background.
   *
   * @param pause how long this JVM outlives its parent, for the sake of others that stop then
   */
  public static void start(Duration pause) {
    Thread watch = new Thread(() -> exitAtEnd(System.in, pause), "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void exitAtEnd(InputStream parent, Duration pause) {
    try {
      while (parent.read() >= 0) {
        // Nothing is ever sent; only the end matters.
      }
    } catch (IOException e) {
      System.err.println("The pipe to the parent process broke: " + e.getMessage());
    }
    System.err.println("The parent process has ended; stopping.");
    sleep(pause);
    Thread halt =
        new Thread(
            () -> {
              sleep(SHUTDOWN_LIMIT);
              Runtime.getRuntime().halt(1);
            },
            "halt");
    halt.setDaemon(true);
    halt.start();
    System.exit(0);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
