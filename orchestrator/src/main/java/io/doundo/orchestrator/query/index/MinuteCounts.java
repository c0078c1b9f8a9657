package io.doundo.orchestrator.query.index;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What happened in each minute of the last 24 hours, altogether and by orchestration, for the first
 * 1,000 orchestrations that are seen. Something that is older, or in the future, is not counted.
 * Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // Its own enum; another order is another file format.
public final class MinuteCounts {

  /** How many minutes are kept. */
  public static final int MINUTES = 24 * 60;

  private static final int MOST_ORCHESTRATIONS = 1_000;

  /** A minute may lie ahead by as much as clocks differ. */
  private static final int AHEAD = 2;

  /** What is counted. */
  public enum Kind {
    STARTED,
    COMPLETED,
    UNDONE,
    PARKED,
    DEAD_LETTER
  }

  private static final int KINDS = Kind.values().length;

  /**
   * One minute.
   *
   * @param at its beginning, ms since the epoch
   */
  public record Minute(long at, int started, int completed, int undone, int parked) {}

  /** The numbers of one orchestration, or of all: a ring of minutes. */
  private static final class Ring {

    final long[] minutes = new long[MINUTES];
    final int[] counts = new int[MINUTES * KINDS];

    void add(long minute, Kind kind) {
      int place = (int) Math.floorMod(minute, (long) MINUTES);
      if (minutes[place] != minute) {
        minutes[place] = minute;
        Arrays.fill(counts, place * KINDS, (place + 1) * KINDS, 0);
      }
      counts[place * KINDS + kind.ordinal()]++;
    }

    int get(long minute, Kind kind) {
      int place = (int) Math.floorMod(minute, (long) MINUTES);
      return minutes[place] == minute ? counts[place * KINDS + kind.ordinal()] : 0;
    }
  }

  private final Ring all = new Ring();
  private final Map<String, Ring> byOrchestration = new HashMap<>();

  /**
   * Counts one thing that happened.
   *
   * @param orchestration null for none in particular
   * @param at when it happened, ms since the epoch
   * @param now ms since the epoch
   */
  public synchronized void add(Kind kind, @Nullable String orchestration, long at, long now) {
    long minute = minute(at);
    long current = minute(now);
    if (minute <= current - MINUTES || minute > current + AHEAD) {
      return;
    }
    all.add(minute, kind);
    if (orchestration != null) {
      Ring ring = byOrchestration.get(orchestration);
      if (ring == null && byOrchestration.size() < MOST_ORCHESTRATIONS) {
        ring = new Ring();
        byOrchestration.put(orchestration, ring);
      }
      if (ring != null) {
        ring.add(minute, kind);
      }
    }
  }

  private static long minute(long at) {
    return TimeUnit.MILLISECONDS.toMinutes(at);
  }

  /**
   * The last minutes, oldest first, the current one included.
   *
   * @param orchestration null for all
   */
  public synchronized List<Minute> last(int minutes, @Nullable String orchestration, long now) {
    Ring ring = orchestration == null ? all : byOrchestration.get(orchestration);
    List<Minute> last = new ArrayList<>(minutes);
    for (long minute = minute(now) - minutes + 1; minute <= minute(now); minute++) {
      long at = TimeUnit.MINUTES.toMillis(minute);
      last.add(
          ring == null
              ? new Minute(at, 0, 0, 0, 0)
              : new Minute(
                  at,
                  ring.get(minute, Kind.STARTED),
                  ring.get(minute, Kind.COMPLETED),
                  ring.get(minute, Kind.UNDONE),
                  ring.get(minute, Kind.PARKED)));
    }
    return last;
  }

  /** The number of dead letters of the last 24 hours. */
  public synchronized long deadLetters(long now) {
    long sum = 0;
    for (long minute = minute(now) - MINUTES + 1; minute <= minute(now) + AHEAD; minute++) {
      sum += all.get(minute, Kind.DEAD_LETTER);
    }
    return sum;
  }

  /** All numbers, for {@link #restore}. */
  public synchronized byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(out, all);
      out.writeInt(byOrchestration.size());
      for (Map.Entry<String, Ring> ring : byOrchestration.entrySet()) {
        out.writeUTF(ring.getKey());
        write(out, ring.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Replaces all numbers by those that {@link #toBytes} has written. */
  public synchronized void restore(byte[] bytes) throws IOException {
    clear();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    read(in, all);
    for (int count = in.readInt(); count > 0; count--) {
      Ring ring = new Ring();
      byOrchestration.put(in.readUTF(), ring);
      read(in, ring);
    }
  }

  /** Forgets everything. */
  public synchronized void clear() {
    Arrays.fill(all.minutes, 0);
    Arrays.fill(all.counts, 0);
    byOrchestration.clear();
  }

  /** Only the minutes in which something happened. */
  private static void write(DataOutputStream out, Ring ring) throws IOException {
    for (int place = 0; place < MINUTES; place++) {
      if (ring.minutes[place] > 0) {
        out.writeInt(place);
        out.writeLong(ring.minutes[place]);
        for (int kind = 0; kind < KINDS; kind++) {
          out.writeInt(ring.counts[place * KINDS + kind]);
        }
      }
    }
    out.writeInt(MINUTES);
  }

  private static void read(DataInputStream in, Ring ring) throws IOException {
    for (int place = in.readInt(); place != MINUTES; place = in.readInt()) {
      ring.minutes[place] = in.readLong();
      for (int kind = 0; kind < KINDS; kind++) {
        ring.counts[place * KINDS + kind] = in.readInt();
      }
    }
  }
}
