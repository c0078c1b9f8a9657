package io.doundo.worker.testkit;

import java.util.Map;
import java.util.TreeMap;

/** The outside world of the tests: what stands in it, by its key. */
final class OrderSystem {

  private final Map<String, String> standing = new TreeMap<>();
  private int ids;

  /** Makes a thing under a key; a key that is known gives what it made before. */
  String make(String key, String what) {
    return standing.computeIfAbsent(key, k -> what + '-' + ++ids);
  }

  /** Makes a thing, whoever asks and however often. */
  String makeAnother(String what) {
    String id = what + '-' + ++ids;
    standing.put(id, id);
    return id;
  }

  void removeKey(String key) {
    standing.remove(key);
  }

  void remove(String id) {
    standing.values().remove(id);
  }

  Map<String, String> standing() {
    return Map.copyOf(standing);
  }
}
