package io.doundo.orchestrator.app.security;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down the guessing of keys. After too many failures in a minute an address is refused until
 * the minute is over, right keys included, so that it learns nothing from trying. A key that was
 * used from there before goes on working: behind a proxy one misconfigured client must not lock out
 * everybody. The memory is bounded; what was used longest ago is forgotten first. Thread-safe.
 */
final class FailedLogins {

  static final int MOST = 20;

  private static final long WINDOW_MS = 60_000;
  private static final long KNOWN_MS = 3_600_000;
  private static final int MOST_SUBJECTS = 10_000;

  private final Map<String, Window> failures = recent();
  private final Map<String, Long> known = recent();

  private record Window(long beginning, int count) {}

  /**
   * How long a subject must wait; zero when it may try.
   *
   * @param subject an address or the name of a key
   * @param now ms since the epoch
   */
  synchronized Duration wait(String subject, long now) {
    Window window = failures.get(subject);
    if (window == null || window.count < MOST || now >= window.beginning + WINDOW_MS) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(window.beginning + WINDOW_MS - now);
  }

  synchronized void failed(String subject, long now) {
    Window window = failures.get(subject);
    failures.put(
        subject,
        window == null || now >= window.beginning + WINDOW_MS
            ? new Window(now, 1)
            : new Window(window.beginning, window.count + 1));
  }

  /** Remembers that a key was used from an address. */
  synchronized void succeeded(String address, String keyId, long now) {
    known.put(address + ' ' + keyId, now);
  }

  /** Whether a key was used from an address within the last hour. */
  synchronized boolean isKnown(String address, String keyId, long now) {
    Long last = known.get(address + ' ' + keyId);
    return last != null && now - last < KNOWN_MS;
  }

  synchronized int size() {
    return failures.size() + known.size();
  }

  private static <T> Map<String, T> recent() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > MOST_SUBJECTS;
      }
    };
  }
}
