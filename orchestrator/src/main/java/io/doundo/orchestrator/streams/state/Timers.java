package io.doundo.orchestrator.streams.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The durable timers of one task, in the order in which they are due. A flow has at most one, and
 * so has a group of held records. The store copies every key of a requested range, so each stretch
 * of time is read once, when it comes, and kept in memory until its timers are cleared: half a
 * million timers of one millisecond are copied once, not at every tick. Not thread-safe.
 */
public final class Timers {

  private static final byte[] PRESENT = {1};

  /** The store is read in slices; this is the first one. */
  private static final long FIRST_SLICE_MS = 1_000;

  private final KeyValueStore<byte[], byte[]> store;

  /** Every timer due at or before {@link #readUntil} that is neither cleared nor set aside. */
  private final NavigableSet<Timer> near =
      new TreeSet<>(Comparator.comparingLong(Timer::at).thenComparing(Timer::flowId));

  /** Timers that are left alone until a time, in ms since the epoch. */
  private final Map<Timer, Long> aside = new HashMap<>();

  private long readUntil = -1;

  public Timers(KeyValueStore<byte[], byte[]> store) {
    this.store = store;
  }

  /**
   * A timer that is set.
   *
   * @param at when it is due, ms since the epoch
   */
  public record Timer(long at, String flowId) {}

  public void set(Timer timer) {
    store.put(key(timer), PRESENT);
    if (timer.at() <= readUntil) {
      near.add(timer);
    }
  }

  public void clear(Timer timer) {
    store.delete(key(timer));
    near.remove(timer);
    aside.remove(timer);
  }

  /**
   * Leaves a timer alone for a while, so that it does not block others. A task that is opened again
   * knows nothing of it.
   *
   * @param until ms since the epoch
   */
  public void setAside(Timer timer, long until) {
    if (near.remove(timer)) {
      aside.put(timer, until);
    }
  }

  /** How many timers are set aside. */
  public int setAside() {
    return aside.size();
  }

  /** Makes the timers that were set aside until now due again. */
  public void takeBack(long now) {
    if (!aside.isEmpty()) {
      aside.entrySet().removeIf(timer -> timer.getValue() <= now && near.add(timer.getKey()));
    }
  }

  /** The timers due at or before a time, earliest first, up to a limit. */
  public List<Timer> due(long until, int limit) {
    long slice = FIRST_SLICE_MS;
    while (near.size() < limit && readUntil < until) {
      long end = readUntil + Math.min(slice, until - readUntil);
      slice = read(readUntil + 1, end) ? FIRST_SLICE_MS : slice * 2;
      readUntil = end;
    }
    List<Timer> due = new ArrayList<>(Math.min(near.size(), limit));
    for (Timer timer : near) {
      if (due.size() == limit || timer.at() > until) {
        break;
      }
      due.add(timer);
    }
    return due;
  }

  /**
   * Hands over the timers due at or before a time, earliest first, until a limit or a time is
   * reached. Finding them does not count as part of that time, and the first one is handed over
   * whatever the time, so timers fire at every call, however slow the store is.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public void fire(
      long until, int limit, long longestNanos, LongSupplier nanoTime, Consumer<Timer> fired) {
    List<Timer> due = due(until, limit);
    long begun = nanoTime.getAsLong();
    for (Timer timer : due) {
      fired.accept(timer);
      if (nanoTime.getAsLong() - begun > longestNanos) {
        return;
      }
    }
  }

  /** Whether the slice has any timer that is not set aside. */
  private boolean read(long from, long to) {
    boolean found = false;
    try (KeyValueIterator<byte[], byte[]> slice = store.range(bound(from), bound(to + 1))) {
      while (slice.hasNext()) {
        KeyValue<byte[], byte[]> next = slice.next();
        found |= near.add(timer(next.key));
      }
    }
    return found;
  }

  private static byte[] bound(long at) {
    return ByteBuffer.allocate(Long.BYTES).putLong(at).array();
  }

  private static byte[] key(Timer timer) {
    byte[] flowId = timer.flowId().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + flowId.length).putLong(timer.at()).put(flowId).array();
  }

  private static Timer timer(byte[] key) {
    return new Timer(
        ByteBuffer.wrap(key).getLong(),
        new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
  }
}
