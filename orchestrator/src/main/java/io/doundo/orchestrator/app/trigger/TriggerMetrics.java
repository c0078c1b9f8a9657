package io.doundo.orchestrator.app.trigger;

import io.doundo.orchestrator.trigger.event.EventTriggers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Meters of the event triggers. Their tags have a fixed set of values, whatever is registered. Each
 * instance counts the records of its own partitions, so that a sum over the instances is right.
 */
final class TriggerMetrics implements EventTriggers.Listener {

  private static final List<String> RESULTS =
      List.of("STARTED", "SIGNALLED", "IGNORED", "INACTIVE", "DEAD_LETTERED");

  private final Map<String, Counter> counters;
  private volatile long lag;

  TriggerMetrics(MeterRegistry meters) {
    this.counters =
        RESULTS.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    result ->
                        Counter.builder("doundo.trigger.events")
                            .description("Records that event triggers have carried out, by outcome")
                            .tag("outcome", result.toLowerCase(Locale.ROOT))
                            .register(meters)));
    Gauge.builder("doundo.trigger.lag", () -> lag)
        .description("Records in the topics of event triggers that were not read yet")
        .register(meters);
  }

  @Override
  public void onEvent(String result) {
    Counter counter = counters.get(result);
    if (counter == null) {
      throw new IllegalArgumentException("no meter for " + result);
    }
    counter.increment();
  }

  @Override
  public void onLag(long records) {
    lag = records;
  }
}
