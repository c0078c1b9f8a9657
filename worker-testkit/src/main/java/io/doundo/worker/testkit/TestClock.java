package io.doundo.worker.testkit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The one clock of a stage: the orchestrator's and the fence's. Thread-safe. */
final class TestClock implements InstantSource {

  private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  void moveTo(long at) {
    millis.accumulateAndGet(at, Math::max);
  }
}
