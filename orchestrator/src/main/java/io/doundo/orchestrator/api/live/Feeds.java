package io.doundo.orchestrator.api.live;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feeds somebody listens to. Each is asked once a second, or less often when that takes long,
 * however many listen to it, and none is asked while nobody does. Thread-safe; listeners are called
 * by the thread that asks the feeds, and so must be quick.
 */
public final class Feeds implements AutoCloseable {

  /** The most different feeds at once: each costs a search a second. */
  public static final int MOST = 40;

  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** Asking may take this share of one thread's time; with more to ask, it is asked less often. */
  private static final int REST = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);

  private final ScheduledExecutorService clock;
  private final Map<String, Shared> feeds = new HashMap<>();

  /** More feeds were asked for than are asked once a second. */
  public static final class TooManyFeedsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyFeedsException() {
      super("The live streams of this orchestrator have " + MOST + " different topics already.");
    }
  }

  private static final class Shared {
    private final Feed feed;
    private final Set<Consumer<LiveMessage>> listeners = new LinkedHashSet<>();
    // Touched by the clock's thread only.
    private @Nullable String problem;

    Shared(Feed feed) {
      this.feed = feed;
    }
  }

  /**
   * @param clock has one thread, which nothing else needs
   */
  public Feeds(ScheduledExecutorService clock) {
    this.clock = clock;
    again(PERIOD.toNanos());
  }

  private void again(long delayNanos) {
    try {
      ScheduledFuture<?> unused = clock.schedule(this::run, delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The live streams end with the orchestrator", e);
    }
  }

  private void run() {
    long begun = System.nanoTime();
    try {
      tick();
    } catch (RuntimeException | Error e) {
      // An error, too, must not end it: streams would stay open and say nothing.
      LOG.error("The feeds of the live streams failed; they are asked again", e);
    }
    again(pause(System.nanoTime() - begun));
  }

  /** How long to rest after asking all feeds, in ns, by how long that took. */
  static long pause(long tookNanos) {
    return Math.max(PERIOD.toNanos(), REST * tookNanos);
  }

  /**
   * Listens to a feed.
   *
   * @param feed makes the feed if nobody listens to this topic yet
   * @return ends the listening
   * @throws TooManyFeedsException when there are too many feeds already
   */
  public Runnable subscribe(String topic, Supplier<Feed> feed, Consumer<LiveMessage> listener) {
    Shared joined = join(topic, null, listener);
    if (joined == null) {
      Feed first = feed.get();
      // From here on every change is told: what the listener reads next is never older than this.
      first.next();
      joined = join(topic, first, listener);
    }
    Shared listened = Objects.requireNonNull(joined);
    return () -> leave(topic, listened, listener);
  }

  private synchronized @Nullable Shared join(
      String topic, @Nullable Feed first, Consumer<LiveMessage> listener) {
    Shared shared = feeds.get(topic);
    if (shared == null && first != null) {
      if (feeds.size() >= MOST) {
        throw new TooManyFeedsException();
      }
      shared = new Shared(first);
      feeds.put(topic, shared);
    }
    if (shared != null) {
      shared.listeners.add(listener);
    }
    return shared;
  }

  private synchronized void leave(String topic, Shared shared, Consumer<LiveMessage> listener) {
    shared.listeners.remove(listener);
    if (shared.listeners.isEmpty()) {
      feeds.remove(topic, shared);
    }
  }

  /** Asks every feed for its change. Called by the clock; one that fails holds up no other. */
  void tick() {
    copy().forEach(this::tell);
  }

  private synchronized Map<String, Shared> copy() {
    return new HashMap<>(feeds);
  }

  private synchronized List<Consumer<LiveMessage>> listeners(Shared shared) {
    return List.copyOf(shared.listeners);
  }

  private void tell(String topic, Shared shared) {
    Optional<LiveMessage> message;
    try {
      message = shared.feed.next();
      shared.problem = null;
    } catch (RuntimeException | Error e) {
      String reason = e instanceof Error ? e.toString() : String.valueOf(e.getMessage());
      if (reason.equals(shared.problem)) {
        return;
      }
      if (e instanceof Error) {
        LOG.error("The topic {} of the live stream cannot be read", topic, e);
      } else {
        LOG.debug("The topic {} of the live stream cannot be read", topic, e);
      }
      shared.problem = reason;
      message =
          Optional.of(
              new LiveMessage(
                  "problem", null, "problem " + topic, Map.of("topic", topic, "reason", reason)));
    }
    message.ifPresent(told -> listeners(shared).forEach(listener -> tell(listener, told)));
  }

  /** One listener that fails keeps nothing from the others. */
  private static void tell(Consumer<LiveMessage> listener, LiveMessage message) {
    try {
      listener.accept(message);
    } catch (RuntimeException e) {
      LOG.warn("A live stream cannot be told of {}", message.name(), e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
