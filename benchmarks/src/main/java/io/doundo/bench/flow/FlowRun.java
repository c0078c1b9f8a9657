package io.doundo.bench.flow;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The flows of one measurement: when each was meant to start, and when its end was seen. One thread
 * starts flows, another one sees their ends.
 */
public final class FlowRun {

  /** Numbers the runs of this process, so that flows of different runs are never confused. */
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final int number = RUNS.incrementAndGet();
  private final long[] startedAt;
  private final long[] endedAt;
  private volatile int ended;
  private volatile long lastEndAt;

  public FlowRun(int flows) {
    this.startedAt = new long[flows];
    this.endedAt = new long[flows];
  }

  /** Tells the flows of this run from those of others. */
  int number() {
    return number;
  }

  public int flows() {
    return startedAt.length;
  }

  /** Called once for each flow, in the order of their numbers. */
  void started(int flow, long at) {
    startedAt[flow] = at;
  }

  /** Called by one thread, possibly again for the same flow. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  void ended(byte[] flowId, long at) {
    if (FlowMessage.run(flowId) != number) {
      return;
    }
    int flow = FlowMessage.number(flowId);
    if (endedAt[flow] == 0) {
      endedAt[flow] = at;
      lastEndAt = at;
      ended++;
    }
  }

  public int endedCount() {
    return ended;
  }

  /** From the first start to the last end. */
  double seconds() {
    return (lastEndAt - startedAt[0]) / 1e9;
  }

  public double flowsPerSecond() {
    return ended / seconds();
  }

  /** When the last end was seen. */
  public long lastEndAt() {
    return lastEndAt;
  }

  /** Nanoseconds from the intended start to the end, of a flow that has ended. */
  public long latency(int flow) {
    return endedAt[flow] - startedAt[flow];
  }
}
