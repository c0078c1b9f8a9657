package io.doundo.orchestrator.query;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/**
 * Whether brokers still answer a consumer's fetches. A consumer that reaches no broker reports no
 * error and no lag: it simply gets nothing. Not thread-safe.
 */
public final class FetchCount {

  private final @Nullable Metric answered;
  private double before;

  public FetchCount(Consumer<?, ?> consumer) {
    answered =
        consumer.metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals("fetch-total"))
            .filter(metric -> !metric.metricName().tags().containsKey("topic"))
            .findFirst()
            .map(metric -> (Metric) metric)
            .orElse(null);
  }

  /** Whether a fetch was answered since this was last asked. */
  public boolean hasRisen() {
    if (answered == null) {
      return true;
    }
    double now = ((Number) answered.metricValue()).doubleValue();
    boolean risen = now > before;
    before = now;
    return risen;
  }
}
