package io.doundo.launcher.dev;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows our own warnings and other people's errors among the log lines of a child, but never floods
 * the terminal: a message that comes again, apart from its numbers, is shown in short and ever more
 * seldom; of others a few in each period, then only that there are more. Kafka's clients call much
 * an error that they repair themselves, so theirs stay in the log. Used by the one thread that
 * reads the child's output.
 */
final class WarningFilter {

  private static final int SHOWN_PER_PERIOD = 5;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int SHOWN_CHARS = 400;
  private static final int SHOWN_CHARS_AGAIN = 80;
  private static final int MESSAGES_KNOWN = 200;

  /** Time, level, then whatever stands before the logger and the message. */
  private static final Pattern LINE =
      Pattern.compile("\\d\\S*\\s+(WARN|ERROR)\\s(?:.*?\\]\\s)?\\s*(\\S+)\\s*(?: : | - )(.*)");

  private final String name;
  private final Consumer<String> out;
  private long periodStart = System.nanoTime();
  private int inPeriod;

  /** How often each message came, apart from its numbers; the ones seen last are kept. */
  private final Map<String, Integer> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MESSAGES_KNOWN;
        }
      };

  WarningFilter(String name, Consumer<String> out) {
    this.name = name;
    this.out = out;
  }

  /** A line of a log, as far as it matters here. */
  private record Entry(String level, String logger, String message) {}

  void line(String line) {
    Entry entry = line.startsWith("{") ? ofJson(line) : ofText(line);
    if (entry == null || !isShown(entry.level(), entry.logger())) {
      return;
    }
    String level = entry.level();
    String message = entry.message();
    int times = seen.merge(message.replaceAll("\\d+", "#"), 1, Integer::sum);
    if (times == 1) {
      show(level + ": " + cut(message, SHOWN_CHARS));
    } else if (isPowerOfTen(times)) {
      show("%s, %d times now: %s".formatted(level, times, cut(message, SHOWN_CHARS_AGAIN)));
    }
  }

  private static @Nullable Entry ofText(String line) {
    Matcher found = LINE.matcher(line);
    return found.matches() ? new Entry(found.group(1), found.group(2), found.group(3)) : null;
  }

  /** A line of a structured log, in each of the formats that Spring Boot writes. */
  private static @Nullable Entry ofJson(String line) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      // What a program prints may begin like JSON.
      return null;
    }
    String level = first(json.at("/log/level"), json.path("level"), json.path("_level_name"));
    String logger =
        first(json.at("/log/logger"), json.path("logger_name"), json.path("_log_logger"));
    String message = first(json.path("message"), json.path("short_message"));
    boolean isWarning = level.equals("WARN") || level.equals("ERROR");
    return isWarning ? new Entry(level, logger, message) : null;
  }

  private static String first(JsonNode... candidates) {
    for (JsonNode candidate : candidates) {
      if (candidate.isString()) {
        return candidate.stringValue();
      }
    }
    return "";
  }

  private void show(String text) {
    if (System.nanoTime() - periodStart > PERIOD_NANOS) {
      periodStart = System.nanoTime();
      inPeriod = 0;
    }
    inPeriod++;
    if (inPeriod <= SHOWN_PER_PERIOD) {
      out.accept("  [" + name + "] " + text);
    } else if (inPeriod == SHOWN_PER_PERIOD + 1) {
      out.accept("  [" + name + "] … more in its log");
    }
  }

  private static String cut(String message, int chars) {
    return message.length() <= chars ? message : message.substring(0, chars) + "…";
  }

  private static boolean isPowerOfTen(int number) {
    int rest = number;
    while (rest % 10 == 0) {
      rest /= 10;
    }
    return rest == 1;
  }

  /** Loggers are named after classes, in full or with their packages shortened. */
  private static boolean isShown(String level, String logger) {
    boolean own = logger.startsWith("io.doundo.") || logger.startsWith("i.d.");
    boolean kafka = logger.startsWith("org.apache.kafka.") || logger.startsWith("o.a.k.");
    return own || (level.equals("ERROR") && !kafka);
  }
}
