package io.doundo.launcher.dev;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows our own warnings and other people's errors among the log lines of a child, but never floods
 * the terminal: a few in each period, then only that there are more. Kafka's clients call much an
 * error that they repair themselves, so theirs stay in the log. Used by the one thread that reads
 * the child's output.
 */
final class Warnings {

  private static final int SHOWN_PER_PERIOD = 5;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int SHOWN_CHARS = 400;

  /** Time, level, then whatever stands before the logger and the message. */
  private static final Pattern LINE =
      Pattern.compile("\\d\\S*\\s+(WARN|ERROR)\\s(?:.*?\\]\\s)?\\s*(\\S+)\\s*(?: : | - )(.*)");

  private final String name;
  private final Consumer<String> out;
  private long periodStart = System.nanoTime();
  private int inPeriod;

  Warnings(String name, Consumer<String> out) {
    this.name = name;
    this.out = out;
  }

  void line(String line) {
    Matcher found = LINE.matcher(line);
    if (!found.matches() || !isShown(found.group(1), found.group(2))) {
      return;
    }
    String message = found.group(3);
    String shown =
        message.length() <= SHOWN_CHARS ? message : message.substring(0, SHOWN_CHARS) + "…";
    if (System.nanoTime() - periodStart > PERIOD_NANOS) {
      periodStart = System.nanoTime();
      inPeriod = 0;
    }
    inPeriod++;
    if (inPeriod <= SHOWN_PER_PERIOD) {
      out.accept("  [" + name + "] " + found.group(1) + ": " + shown);
    } else if (inPeriod == SHOWN_PER_PERIOD + 1) {
      out.accept("  [" + name + "] … more of these are in its log");
    }
  }

  /** Loggers are named after classes, in full or with their packages shortened. */
  private static boolean isShown(String level, String logger) {
    boolean own = logger.startsWith("io.doundo.") || logger.startsWith("i.d.");
    boolean kafka = logger.startsWith("org.apache.kafka.") || logger.startsWith("o.a.k.");
    return own || (level.equals("ERROR") && !kafka);
  }
}
