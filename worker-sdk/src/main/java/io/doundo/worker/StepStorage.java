package io.doundo.worker;

import java.util.Optional;

/**
 * Values that a step keeps in Redis between its calls, DO and UNDO alike. They share the fate of
 * Redis: what must survive its loss belongs in the step's result. Each call is one round trip and
 * blocks; while Redis cannot be reached it fails with an unchecked exception.
 */
public interface StepStorage {

  <T> Optional<T> get(String name, Class<T> type);

  /** Keeps the value as JSON. */
  void put(String name, Object value);

  void remove(String name);
}
