package io.doundo.orchestrator.api.live;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells a value whenever it differs from the one of a second ago. */
final class ValueFeed implements Feed {

  private final String event;
  private final String topic;
  private final Supplier<Object> value;
  private @Nullable Object before;

  /**
   * @param event the name of its events
   */
  ValueFeed(String event, String topic, Supplier<Object> value) {
    this.event = event;
    this.topic = topic;
    this.value = value;
  }

  @Override
  public Optional<LiveMessage> next() {
    Object earlier = before;
    Object now = value.get();
    before = now;
    return earlier == null || earlier.equals(now)
        ? Optional.empty()
        : Optional.of(new LiveMessage(event, null, topic, now));
  }
}
