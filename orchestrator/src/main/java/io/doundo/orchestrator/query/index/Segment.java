package io.doundo.orchestrator.query.index;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The columns of up to 65,536 flows. What differs in length stands in one array of bytes, and is
 * moved together when half of that array is no longer used. The writer holds the write lock while
 * it changes a row, a reader the read lock while it looks at rows.
 */
final class Segment {

  static final int BITS = 16;
  static final int MOST_ROWS = 1 << BITS;

  /** The definition of a row that holds no flow. */
  static final int FREE = -1;

  private static final int FIRST_ROWS = 1 << 8;
  private static final int FIRST_BYTES = 1 << 12;

  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** The rows below this one are in use, or were. */
  int used;

  int[] definition = new int[FIRST_ROWS];
  int[] flags = new int[FIRST_ROWS];
  long[] startedAt = new long[FIRST_ROWS];
  long[] updatedAt = new long[FIRST_ROWS];
  long[] endedAt = new long[FIRST_ROWS];
  long[] dueAt = new long[FIRST_ROWS];

  /** Since when the flow has its status. */
  long[] statusSince = new long[FIRST_ROWS];

  long[] incarnation = new long[FIRST_ROWS];
  int[] transitions = new int[FIRST_ROWS];
  long[] source = new long[FIRST_ROWS];
  int[] errorGroup = new int[FIRST_ROWS];

  /** A bit for each status that a step of the flow has. */
  int[] stepStatuses = new int[FIRST_ROWS];

  /** Where the bytes of a row begin, and how many there are for it. */
  int[] begin = new int[FIRST_ROWS];

  int[] room = new int[FIRST_ROWS];

  byte[] bytes = new byte[FIRST_BYTES];
  int bytesUsed;
  private int bytesLost;

  boolean isFull() {
    return used == MOST_ROWS;
  }

  /** A row after all others; its definition is to be set. */
  int append() {
    if (used == definition.length) {
      resize(Math.min(MOST_ROWS, 2 * used));
    }
    int row = used++;
    definition[row] = FREE;
    room[row] = 0;
    return row;
  }

  void resize(int rows) {
    definition = Arrays.copyOf(definition, rows);
    flags = Arrays.copyOf(flags, rows);
    startedAt = Arrays.copyOf(startedAt, rows);
    updatedAt = Arrays.copyOf(updatedAt, rows);
    endedAt = Arrays.copyOf(endedAt, rows);
    dueAt = Arrays.copyOf(dueAt, rows);
    statusSince = Arrays.copyOf(statusSince, rows);
    incarnation = Arrays.copyOf(incarnation, rows);
    transitions = Arrays.copyOf(transitions, rows);
    source = Arrays.copyOf(source, rows);
    errorGroup = Arrays.copyOf(errorGroup, rows);
    stepStatuses = Arrays.copyOf(stepStatuses, rows);
    begin = Arrays.copyOf(begin, rows);
    room = Arrays.copyOf(room, rows);
  }

  void write(int row, RowWriter content) {
    int length = content.length();
    if (length > room[row]) {
      bytesLost += room[row];
      room[row] = 0;
      makeRoom(length);
      begin[row] = bytesUsed;
      room[row] = length;
      bytesUsed += length;
    }
    content.copyTo(bytes, begin[row]);
  }

  void free(int row) {
    definition[row] = FREE;
    bytesLost += room[row];
    room[row] = 0;
  }

  private void makeRoom(int length) {
    if (bytes.length - bytesUsed >= length) {
      return;
    }
    byte[] target =
        bytesLost > bytesUsed / 2
            ? new byte[bytes.length]
            : new byte[Math.max(Math.addExact(bytes.length, bytes.length / 2), bytesUsed + length)];
    int moved = 0;
    for (int row = 0; row < used; row++) {
      if (room[row] > 0) {
        System.arraycopy(bytes, begin[row], target, moved, room[row]);
        begin[row] = moved;
        moved += room[row];
      }
    }
    bytes = target;
    bytesUsed = moved;
    bytesLost = 0;
    if (target.length - moved < length) {
      bytes = Arrays.copyOf(target, Math.addExact(moved, 2 * length));
    }
  }

  /** Writes the rows; by a thread that holds a lock. */
  void write(DataOutputStream out) throws IOException {
    out.writeInt(used);
    Columns.write(out, definition, used);
    Columns.write(out, flags, used);
    Columns.write(out, transitions, used);
    Columns.write(out, errorGroup, used);
    Columns.write(out, stepStatuses, used);
    Columns.write(out, begin, used);
    Columns.write(out, room, used);
    Columns.write(out, startedAt, used);
    Columns.write(out, updatedAt, used);
    Columns.write(out, endedAt, used);
    Columns.write(out, dueAt, used);
    Columns.write(out, statusSince, used);
    Columns.write(out, incarnation, used);
    Columns.write(out, source, used);
    out.writeInt(bytesUsed);
    out.writeInt(bytesLost);
    out.write(bytes, 0, bytesUsed);
  }

  static Segment read(DataInputStream in) throws IOException {
    Segment segment = new Segment();
    int used = in.readInt();
    segment.resize(Math.max(FIRST_ROWS, used));
    segment.used = used;
    Columns.read(in, segment.definition, used);
    Columns.read(in, segment.flags, used);
    Columns.read(in, segment.transitions, used);
    Columns.read(in, segment.errorGroup, used);
    Columns.read(in, segment.stepStatuses, used);
    Columns.read(in, segment.begin, used);
    Columns.read(in, segment.room, used);
    Columns.read(in, segment.startedAt, used);
    Columns.read(in, segment.updatedAt, used);
    Columns.read(in, segment.endedAt, used);
    Columns.read(in, segment.dueAt, used);
    Columns.read(in, segment.statusSince, used);
    Columns.read(in, segment.incarnation, used);
    Columns.read(in, segment.source, used);
    segment.bytesUsed = in.readInt();
    segment.bytesLost = in.readInt();
    byte[] read = Columns.bytes(in, segment.bytesUsed);
    segment.bytes = Arrays.copyOf(read, Math.max(FIRST_BYTES, read.length));
    return segment;
  }

  /** The approximate heap that the segment takes, in bytes. */
  long heapBytes() {
    long perRow = 7L * Long.BYTES + 7L * Integer.BYTES;
    return perRow * definition.length + bytes.length;
  }
}
