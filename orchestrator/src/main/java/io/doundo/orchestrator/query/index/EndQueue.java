package io.doundo.orchestrator.query.index;

import java.util.Arrays;

/**
 * Rows of ended flows, first ended first: a binary heap of two arrays. A row that is freed or ends
 * again stays in it, and is recognised by its time when it comes up. Not thread-safe.
 */
final class EndQueue {

  private long[] at = new long[64];
  private int[] rows = new int[64];
  private int size;

  void add(long endedAt, int row) {
    if (size == at.length) {
      at = Arrays.copyOf(at, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
    }
    int place = size++;
    while (place > 0) {
      int parent = (place - 1) / 2;
      if (at[parent] <= endedAt) {
        break;
      }
      at[place] = at[parent];
      rows[place] = rows[parent];
      place = parent;
    }
    at[place] = endedAt;
    rows[place] = row;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  long firstAt() {
    return at[0];
  }

  int firstRow() {
    return rows[0];
  }

  void removeFirst() {
    size--;
    long lastAt = at[size];
    int lastRow = rows[size];
    int place = 0;
    while (2 * place + 1 < size) {
      int child = 2 * place + 1;
      if (child + 1 < size && at[child + 1] < at[child]) {
        child++;
      }
      if (at[child] >= lastAt) {
        break;
      }
      at[place] = at[child];
      rows[place] = rows[child];
      place = child;
    }
    at[place] = lastAt;
    rows[place] = lastRow;
  }

  void clear() {
    size = 0;
    at = new long[64];
    rows = new int[64];
  }
}
