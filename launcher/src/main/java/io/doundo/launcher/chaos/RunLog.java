package io.doundo.launcher.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Logs the events of a run with their times, on the terminal and in a file. Thread-safe. */
final class RunLog implements AutoCloseable {

  private final PrintWriter file;
  private volatile long begin = System.nanoTime();

  RunLog(Path file) throws IOException {
    this.file = new PrintWriter(Files.newBufferedWriter(file), true);
  }

  /** The time of a plan counts from now. */
  void begin() {
    begin = System.nanoTime();
  }

  /** Milliseconds since the beginning. */
  long elapsed() {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  synchronized void say(String what) {
    String line = ChaosPlan.clock(Math.max(0, elapsed())) + "  " + what;
    System.out.println(line);
    file.println(line);
  }

  @Override
  public void close() {
    file.close();
  }
}
