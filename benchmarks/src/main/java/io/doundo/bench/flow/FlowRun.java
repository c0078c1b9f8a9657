package io.doundo.bench.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

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
  void ended(byte[] flowId, long at) {
    if (FlowMessage.run(flowId) != number) {
      return;
    }
    ended(FlowMessage.number(flowId), at);
  }

  /** The same of a flow that is known to be of this run. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  public void ended(int flow, long at) {
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

  /**
   * Flows a second while each part of the flows ended, one part after the other; all must have
   * ended.
   *
   * @param parts at least 1 and at most as many as flows
   */
  public List<Double> ratesOfParts(int parts) {
    long[] ends = endedAt.clone();
    Arrays.sort(ends);
    List<Double> rates = new ArrayList<>();
    long begin = startedAt[0];
    int done = 0;
    for (int part = 1; part <= parts; part++) {
      int upTo = (int) ((long) ends.length * part / parts);
      long end = ends[upTo - 1];
      rates.add((upTo - done) * 1e9 / Math.max(1, end - begin));
      begin = end;
      done = upTo;
    }
    return rates;
  }

  /**
   * How unevenly flows ended: the standard deviation of the number of ends in windows of this
   * length, divided by its mean. 0 is even; where everything ends in one of ten windows it is 3. 0
   * too if the flows took less than two windows.
   */
  public double unevenness(Duration window) {
    long begin = startedAt[0];
    int windows = (int) ((lastEndAt - begin) / window.toNanos());
    if (windows < 2) {
      return 0;
    }
    double[] ends = new double[windows];
    for (long end : endedAt) {
      long at = (end - begin) / window.toNanos();
      if (end != 0 && at < windows) {
        ends[(int) at]++;
      }
    }
    double mean = Arrays.stream(ends).average().orElse(0);
    double variance =
        IntStream.range(0, windows).mapToDouble(i -> Math.pow(ends[i] - mean, 2)).sum() / windows;
    return mean == 0 ? 0 : Math.sqrt(variance) / mean;
  }

  /** When the end of a flow was seen. */
  long endedAt(int flow) {
    return endedAt[flow];
  }

  /** Nanoseconds from the intended start to the end, of a flow that has ended. */
  public long latency(int flow) {
    return endedAt[flow] - startedAt[flow];
  }
}
