package io.doundo.orchestrator.api.live;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells a value whenever it differs from the one of a second ago. */
final class ValueFeed<T> implements Feed {

  private final String event;
  private final String topic;
  private final Supplier<T> value;
  private final UnaryOperator<T> compared;
  private @Nullable T before;

  /**
   * @param event the name of its events
   * @param compared what must differ for a value to be told
   */
  ValueFeed(String event, String topic, Supplier<T> value, UnaryOperator<T> compared) {
    this.event = event;
    this.topic = topic;
    this.value = value;
    this.compared = compared;
  }

  @Override
  public Optional<LiveMessage> next() {
    T earlier = before;
    T now = value.get();
    T same = compared.apply(now);
    before = same;
    return earlier == null || earlier.equals(same)
        ? Optional.empty()
        : Optional.of(new LiveMessage(event, null, topic, now));
  }
}
