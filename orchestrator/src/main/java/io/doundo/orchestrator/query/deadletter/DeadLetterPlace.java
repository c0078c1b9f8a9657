package io.doundo.orchestrator.query.deadletter;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a dead letter stands in its topic. Its id is {@code partition-offset}. */
public record DeadLetterPlace(int partition, long offset) {

  private static final Pattern ID = Pattern.compile("\\d{1,6}-\\d{1,18}");

  /** The place that an id names; null when the text is no id. */
  public static @Nullable DeadLetterPlace of(String id) {
    if (!ID.matcher(id).matches()) {
      return null;
    }
    int dash = id.indexOf('-');
    return new DeadLetterPlace(
        Integer.parseInt(id.substring(0, dash)), Long.parseLong(id.substring(dash + 1)));
  }
}
