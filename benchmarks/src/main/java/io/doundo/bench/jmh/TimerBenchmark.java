package io.doundo.bench.jmh;

import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.state.Timers.Timer;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.Stores;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The timers of a task in which 100,000 flows wait. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerBenchmark {

  private static final int WAITING = 100_000;
  private static final long BEGIN = 1_795_252_453_657L;

  private final Timers timers =
      new Timers(new BareStore(Stores.inMemoryKeyValueStore("timers").get()));
  private long next = BEGIN;

  @Setup
  public void fill() {
    for (int i = 0; i < WAITING; i++) {
      timers.set(new Timer(BEGIN + 300_000 + i, "flow-" + i));
    }
  }

  @Benchmark
  public long setAndClear() {
    next++;
    timers.set(new Timer(next + 300_000, SampleFlow.FLOW_ID));
    timers.clear(new Timer(next + 300_000, SampleFlow.FLOW_ID));
    return next;
  }

  /** The cost of a tick while nothing is due. */
  @Benchmark
  public int tick() {
    return timers.due(BEGIN, 1_000).size();
  }
}
