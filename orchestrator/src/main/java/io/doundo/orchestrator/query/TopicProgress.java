package io.doundo.orchestrator.query;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Up to when a topic has been read. A consumer that reaches no broker gets nothing and reports no
 * error, so only fetches that were answered count. One thread notes, any thread may ask.
 */
public final class TopicProgress {

  /** A list that is further behind is not called complete. */
  static final Duration MOST_LAG = Duration.ofSeconds(5);

  private final String what;
  private volatile long asOf;
  private @Nullable FetchCount fetches;

  /**
   * @param what names what the topic has, for people, such as {@code jobs}
   */
  public TopicProgress(String what) {
    this.what = what;
  }

  /**
   * How old a list is.
   *
   * @param asOf everything committed until then is in it
   * @param lagMs how long ago that is
   * @param complete false when entries may be missing, or be shown in an older state
   * @param note why; null when it is complete
   */
  public record ListAge(Instant asOf, long lagMs, boolean complete, @Nullable String note) {

    /** The same of an answer that shows one entry. */
    public EntryAge ofOne() {
      return new EntryAge(asOf, lagMs, complete);
    }
  }

  /**
   * How old an answer is that shows one entry of a list.
   *
   * @param asOf everything committed until then is in it
   * @param lagMs how long ago that is
   * @param complete false when the entry may be shown in an older state: the topic is still being
   *     read after the start, or reading is more than 5 s behind
   */
  public record EntryAge(Instant asOf, long lagMs, boolean complete) {}

  /** Another consumer reads from now on; its partitions are assigned already. */
  public void begin(Consumer<?, ?> consumer) {
    fetches = new FetchCount(consumer);
  }

  /**
   * The records of a poll have been taken.
   *
   * @param begun when the poll began, ms since the epoch
   */
  public void polled(Consumer<?, ?> consumer, long begun) {
    FetchCount answered = fetches;
    if (answered == null || !answered.hasRisen()) {
      return;
    }
    for (TopicPartition partition : consumer.assignment()) {
      if (consumer.currentLag(partition).orElse(1) != 0) {
        return;
      }
    }
    asOf = begun;
  }

  /**
   * How old a list is that is answered now.
   *
   * @param caughtUp whether everything that was there at the start has been read
   * @param now ms since the epoch
   */
  public ListAge age(boolean caughtUp, long now) {
    long known = asOf;
    long lag = known == 0 ? 0 : Math.max(0, now - known);
    String note = note(caughtUp, lag);
    return new ListAge(Instant.ofEpochMilli(now - lag), lag, note == null, note);
  }

  private @Nullable String note(boolean caughtUp, long lag) {
    if (!caughtUp) {
      return "The %s are still being read after the start; some may be missing.".formatted(what);
    }
    return lag > MOST_LAG.toMillis()
        ? "The %s are %d s behind; some may be missing or have changed since."
            .formatted(what, TimeUnit.MILLISECONDS.toSeconds(lag))
        : null;
  }
}
