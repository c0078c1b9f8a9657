package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The rows of the index by their numbers and by the ids of their flows. What stands in them is the
 * matter of others. One thread writes, any may read.
 */
final class Rows {

  private static final int FIRST_FREE = 16;

  private final List<Segment> segments = new CopyOnWriteArrayList<>();

  /** Guards the directory; taken before the lock of a segment. */
  private final ReentrantReadWriteLock directoryLock = new ReentrantReadWriteLock();

  private final RowDirectory directory;

  // Of the writing thread only.
  private final RowCursor own;
  private int[] free = new int[FIRST_FREE];
  private int freeSize;

  private volatile int size;

  /** A row, and its flags. */
  interface Action {
    void accept(int row, int flags);
  }

  /**
   * @param cursors makes a cursor for each thread that looks at rows
   */
  Rows(Supplier<RowCursor> cursors) {
    this.own = cursors.get();
    this.directory = new RowDirectory(this::hashOf);
  }

  Segment segment(int row) {
    return segments.get(row >>> Segment.BITS);
  }

  static int place(int row) {
    return row & (Segment.MOST_ROWS - 1);
  }

  /** The number of flows. */
  int size() {
    return size;
  }

  /** Every row has a smaller number. */
  int end() {
    int last = segments.size() - 1;
    return last < 0 ? 0 : (last << Segment.BITS) + segments.get(last).used;
  }

  List<Segment> segments() {
    return new ArrayList<>(segments);
  }

  // By the writing thread.

  private void visit(RowCursor cursor, int row) {
    cursor.enter(segment(row));
    cursor.moveTo(place(row));
  }

  private int hashOf(int row) {
    visit(own, row);
    return own.flowIdHash();
  }

  byte[] flowId(int row) {
    visit(own, row);
    return own.flowId().getBytes(UTF_8);
  }

  /** The row of a flow, or -1. */
  int find(byte[] flowId) {
    return directory.find(
        RowDirectory.hash(flowId, 0, flowId.length),
        row -> {
          visit(own, row);
          return own.isFlowId(flowId);
        });
  }

  /** A row that is not in use, to be written and added. */
  int take() {
    if (freeSize > 0) {
      return free[--freeSize];
    }
    if (segments.isEmpty() || segments.get(segments.size() - 1).isFull()) {
      segments.add(new Segment());
    }
    int last = segments.size() - 1;
    Segment segment = segments.get(last);
    segment.lock.writeLock().lock();
    try {
      return (last << Segment.BITS) | segment.append();
    } finally {
      segment.lock.writeLock().unlock();
    }
  }

  /** Rows that were read from a file, none of which is added yet. */
  void addAll(List<Segment> read) {
    segments.addAll(read);
  }

  /** From now on the row is found by the id of its flow. */
  void add(byte[] flowId, int row) {
    directoryLock.writeLock().lock();
    try {
      directory.add(RowDirectory.hash(flowId, 0, flowId.length), row);
    } finally {
      directoryLock.writeLock().unlock();
    }
    size = directory.size();
  }

  void drop(int row) {
    directoryLock.writeLock().lock();
    try {
      directory.remove(row);
    } finally {
      directoryLock.writeLock().unlock();
    }
    size = directory.size();
    Segment segment = segment(row);
    segment.lock.writeLock().lock();
    try {
      segment.free(place(row));
    } finally {
      segment.lock.writeLock().unlock();
    }
    release(row);
  }

  /** The row holds nothing and may be taken. */
  void release(int row) {
    if (freeSize == free.length) {
      free = Arrays.copyOf(free, 2 * freeSize);
    }
    free[freeSize++] = row;
  }

  void forEach(Action action) {
    int end = end();
    for (int row = 0; row < end; row++) {
      Segment segment = segment(row);
      int place = place(row);
      if (segment.definition[place] != Segment.FREE) {
        action.accept(row, segment.flags[place]);
      }
    }
  }

  void clear() {
    directoryLock.writeLock().lock();
    try {
      directory.clear();
      segments.clear();
    } finally {
      directoryLock.writeLock().unlock();
    }
    freeSize = 0;
    size = 0;
  }

  // By any thread.

  /** A copy of the row of a flow. */
  Optional<FlowRow> copy(byte[] flowId, RowCursor cursor) {
    return read(flowId, cursor, RowCursor::copy);
  }

  /** What is read from the row of a flow. */
  <T> Optional<T> read(byte[] flowId, RowCursor cursor, Function<RowCursor, T> reading) {
    directoryLock.readLock().lock();
    try {
      int row =
          directory.find(
              RowDirectory.hash(flowId, 0, flowId.length),
              candidate ->
                  locked(
                      candidate,
                      () -> {
                        visit(cursor, candidate);
                        return cursor.isFlowId(flowId);
                      }));
      if (row < 0) {
        return Optional.empty();
      }
      return Optional.of(
          locked(
              row,
              () -> {
                visit(cursor, row);
                return reading.apply(cursor);
              }));
    } finally {
      directoryLock.readLock().unlock();
    }
  }

  private <T> T locked(int row, Supplier<T> read) {
    Segment segment = segment(row);
    segment.lock.readLock().lock();
    try {
      return read.get();
    } finally {
      segment.lock.readLock().unlock();
    }
  }

  /** Visits all rows, the last ones first, a segment under one lock. */
  void visit(RowCursor cursor, Consumer<RowCursor> visitor) {
    List<Segment> all = segments();
    for (int i = all.size() - 1; i >= 0; i--) {
      Segment segment = all.get(i);
      segment.lock.readLock().lock();
      try {
        cursor.enter(segment);
        for (int place = segment.used - 1; place >= 0; place--) {
          if (segment.definition[place] != Segment.FREE) {
            cursor.moveTo(place);
            visitor.accept(cursor);
          }
        }
      } finally {
        segment.lock.readLock().unlock();
      }
    }
  }

  /** The approximate heap of the rows, in bytes. */
  long heapBytes() {
    return segments.stream().mapToLong(Segment::heapBytes).sum();
  }
}
