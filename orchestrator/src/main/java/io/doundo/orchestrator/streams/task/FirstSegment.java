package io.doundo.orchestrator.streams.task;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a window store has a segment. Kafka Streams keeps a store's changelog offset in
 * its segments; finding none after a restart it takes the store for a damaged one, and restores the
 * whole task from its changelogs.
 */
final class FirstSegment {

  /** No flowId is blank. */
  private static final String MARKER = " ";

  private static final Duration SOON = Duration.ofMillis(100);
  private static final byte[] PRESENT = {1};

  private @Nullable Cancellable schedule;

  private FirstSegment() {}

  /**
   * Writes a marker as soon as the task runs, once. It carries the earliest time there is, so that
   * it makes a segment where there is none, and moves the store's own time by nothing.
   */
  static void ensure(ProcessorContext<?, ?> context, WindowStore<String, byte[]> store) {
    FirstSegment segment = new FirstSegment();
    segment.schedule =
        context.schedule(
            SOON,
            PunctuationType.WALL_CLOCK_TIME,
            unused -> {
              store.put(MARKER, PRESENT, 0);
              if (segment.schedule != null) {
                segment.schedule.cancel();
              }
            });
  }
}
