package io.doundo.launcher.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A process that this JVM has started, and that does not outlive it. */
public interface Child {

  /** Starts a child. */
  interface Starter {
    Child start() throws IOException;
  }

  /** The name of its log file. */
  String name();

  /** Its name within a sentence. */
  default String inText() {
    return "the " + name();
  }

  /** Its name at the start of a sentence. */
  default String subject() {
    return inText().substring(0, 1).toUpperCase(Locale.ROOT) + inText().substring(1);
  }

  ProcessHandle handle();

  /** Completes when it has ended, however that came about. */
  CompletableFuture<ProcessHandle> onExit();

  /** How it ended, in words that follow its name. */
  String ending();

  /** The last lines of its log; complete once it has ended. */
  List<String> tail() throws IOException, InterruptedException;

  /** Ends it at once, as {@code kill -9} does. */
  void kill() throws InterruptedException;

  /**
   * Asks it to stop, and ends it by force when it takes longer than the limit.
   *
   * @return whether it stopped on its own
   */
  boolean stop(Duration limit) throws InterruptedException;

  default boolean isAlive() {
    return handle().isAlive();
  }
}
