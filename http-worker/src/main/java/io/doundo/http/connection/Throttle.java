package io.doundo.http.connection;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many calls of a connection run at once and how many begin in a second. Those that wait
 * hold no thread and begin in their order. Thread-safe.
 */
public final class Throttle {

  /** A call's place in the row. */
  public final class Place {

    private final Runnable begin;
    private final AtomicBoolean over = new AtomicBoolean();
    private boolean begun;

    private Place(Runnable begin) {
      this.begin = begin;
    }

    /** The call has ended, or is no longer wanted; may be called again. */
    public void leave() {
      if (over.compareAndSet(false, true)) {
        left(this);
      }
    }
  }

  private final ScheduledExecutorService timer;
  private final int atOnce;
  private final long nanosBetween;
  private final Queue<Place> waiting = new ArrayDeque<>();
  private int running;
  private @Nullable Long nextBegin;
  private boolean scheduled;

  public Throttle(ScheduledExecutorService timer, int atOnce, double rate) {
    this.timer = timer;
    this.atOnce = atOnce;
    this.nanosBetween = rate == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / rate);
  }

  /**
   * Lines a call up.
   *
   * @param begin is called once when it may begin, by this thread or another; never after {@link
   *     Place#leave}
   */
  public Place enter(Runnable begin) {
    Place place = new Place(begin);
    synchronized (this) {
      waiting.add(place);
    }
    beginNext();
    return place;
  }

  private void left(Place place) {
    synchronized (this) {
      if (place.begun) {
        running--;
      } else {
        waiting.remove(place);
      }
    }
    beginNext();
  }

  private void beginNext() {
    Place next = next();
    while (next != null) {
      next.begin.run();
      next = next();
    }
  }

  private synchronized @Nullable Place next() {
    if (waiting.isEmpty() || running >= atOnce) {
      return null;
    }
    if (nanosBetween > 0) {
      long now = System.nanoTime();
      long due = nextBegin == null ? now : nextBegin;
      if (due - now > 0) {
        schedule(due - now);
        return null;
      }
      nextBegin = Math.max(due, now - nanosBetween) + nanosBetween;
    }
    Place place = waiting.remove();
    place.begun = true;
    running++;
    return place;
  }

  private void schedule(long nanos) {
    if (!scheduled) {
      scheduled = true;
      var unused =
          timer.schedule(
              () -> {
                synchronized (this) {
                  scheduled = false;
                }
                beginNext();
              },
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }
}
