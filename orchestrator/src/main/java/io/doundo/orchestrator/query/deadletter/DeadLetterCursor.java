package io.doundo.orchestrator.query.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far dead letters were shown: in each partition, those below an offset have not been. A page
 * that begins there stays the same whatever is dead-lettered meanwhile.
 */
public record DeadLetterCursor(Map<Integer, Long> below) {

  public DeadLetterCursor {
    below = Map.copyOf(below);
  }

  /** As it stands in a URL. */
  public String encode() {
    String text =
        new TreeMap<>(below)
            .entrySet().stream()
                .map(place -> place.getKey() + "-" + place.getValue())
                .collect(Collectors.joining(","));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Empty when the text did not come from {@link #encode}. */
  public static Optional<DeadLetterCursor> decode(String text) {
    try {
      String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      Map<Integer, Long> below = new TreeMap<>();
      for (String place : decoded.split(",", -1)) {
        if (!place.matches("\\d{1,6}-\\d{1,18}")) {
          return Optional.empty();
        }
        int dash = place.indexOf('-');
        below.put(
            Integer.parseInt(place.substring(0, dash)), Long.parseLong(place.substring(dash + 1)));
      }
      return Optional.of(new DeadLetterCursor(below));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
