package io.doundo.orchestrator.api.hook;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how many verified requests each hook accepts on this instance: so many in a second, and as
 * many at once after a pause. The memory is bounded. Thread-safe.
 */
public final class HookRate {

  private static final int MOST_HOOKS = 10_000;
  private static final double NANOS = 1e9;

  private final int perSecond;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_HOOKS;
        }
      };

  private record Bucket(double tokens, long at) {}

  public HookRate(int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * Whether one more request may pass now.
   *
   * @param now a time in ns, from any beginning
   */
  public synchronized boolean accepts(String hook, long now) {
    Bucket before = buckets.get(hook);
    double tokens =
        before == null
            ? perSecond
            : Math.min(perSecond, before.tokens() + (now - before.at()) / NANOS * perSecond);
    boolean isAccepted = tokens >= 1;
    buckets.put(hook, new Bucket(isAccepted ? tokens - 1 : tokens, now));
    return isAccepted;
  }
}
