package io.doundo.orchestrator.query.index;

import java.util.function.IntUnaryOperator;

/**
 * Finds the row of a flowId: an open hash table of row numbers, at most half full. A row is asked
 * for its own flowId, so that the table holds four bytes a place. Not thread-safe.
 */
final class RowDirectory {

  private static final int FIRST_PLACES = 1 << 10;

  /** Whether a row is that of the flowId that is looked for. */
  interface Match {
    boolean isOf(int row);
  }

  private final IntUnaryOperator hashOf;
  private int[] places = new int[FIRST_PLACES];
  private int size;

  /**
   * @param hashOf the hash of a row's flowId
   */
  RowDirectory(IntUnaryOperator hashOf) {
    this.hashOf = hashOf;
  }

  static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ (hash >>> 15);
  }

  /** The row, or -1. */
  int find(int hash, Match match) {
    int mask = places.length - 1;
    for (int place = hash & mask; places[place] != 0; place = (place + 1) & mask) {
      if (match.isOf(places[place] - 1)) {
        return places[place] - 1;
      }
    }
    return -1;
  }

  /** Adds a row that is not there yet. */
  void add(int hash, int row) {
    if (2 * (size + 1) > places.length) {
      grow();
    }
    put(places, hash, row);
    size++;
  }

  private static void put(int[] places, int hash, int row) {
    int mask = places.length - 1;
    int place = hash & mask;
    while (places[place] != 0) {
      place = (place + 1) & mask;
    }
    places[place] = row + 1;
  }

  private void grow() {
    int[] larger = new int[2 * places.length];
    for (int place : places) {
      if (place != 0) {
        put(larger, hashOfRow(place - 1), place - 1);
      }
    }
    places = larger;
  }

  /** Removes a row whose flowId can still be read. */
  void remove(int row) {
    int mask = places.length - 1;
    int place = hashOfRow(row) & mask;
    while (places[place] != row + 1) {
      if (places[place] == 0) {
        throw new IllegalStateException("row " + row + " is not in the directory");
      }
      place = (place + 1) & mask;
    }
    // Those behind it move up as far as their own place allows, so that no search ends too early.
    int hole = place;
    for (int next = (place + 1) & mask; places[next] != 0; next = (next + 1) & mask) {
      int home = hashOfRow(places[next] - 1) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        places[hole] = places[next];
        hole = next;
      }
    }
    places[hole] = 0;
    size--;
  }

  private int hashOfRow(int row) {
    return hashOf.applyAsInt(row);
  }

  int size() {
    return size;
  }

  void clear() {
    places = new int[FIRST_PLACES];
    size = 0;
  }
}
