package io.doundo.worker.testkit;

import java.util.Map;
import java.util.TreeMap;

/** The external system of the tests: its objects by key. */
final class OrderSystem {

  private final Map<String, String> standing = new TreeMap<>();
  private int ids;

  /** Creates an object under a key; a known key returns the existing object. */
  String make(String key, String what) {
    return standing.computeIfAbsent(key, k -> what + '-' + ++ids);
  }

  /** Creates an object on every call. */
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
