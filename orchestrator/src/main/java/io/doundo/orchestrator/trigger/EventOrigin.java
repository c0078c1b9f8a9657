package io.doundo.orchestrator.trigger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an event stood when it was read first. A dead letter of it that is sent again is appended
 * at another place and keeps this one, so that all copies of one event are one event.
 *
 * @param timestamp of the record, ms since the epoch; tells the event from another one at the same
 *     place of a topic that was deleted and created again
 */
public record EventOrigin(String topic, int partition, long offset, long timestamp) {

  private static final Pattern TEXT =
      Pattern.compile("([A-Za-z0-9._-]{1,249})/([0-9]{1,10})/([0-9]{1,19})/(-?[0-9]{1,19})");

  /** Reads the text of an origin; null when it is none. */
  public static @Nullable EventOrigin parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    try {
      return new EventOrigin(
          parts.group(1),
          Integer.parseInt(parts.group(2)),
          Long.parseLong(parts.group(3)),
          Long.parseLong(parts.group(4)));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** {@code topic/partition/offset/timestamp}. */
  public String text() {
    return topic + '/' + partition + '/' + offset + '/' + timestamp;
  }
}
