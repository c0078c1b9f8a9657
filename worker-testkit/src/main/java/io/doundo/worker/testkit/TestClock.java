package io.doundo.worker.testkit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The clock shared by the orchestrator and the fence. Thread-safe. */
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
