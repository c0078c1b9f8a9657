package io.doundo.bench.jmh;

import io.doundo.orchestrator.core.effect.Decision;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The core's decision about a start, and about an answer that leads to the next command. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBenchmark {

  private final SampleFlow flow = new SampleFlow();

  @Benchmark
  public Decision start() {
    return flow.decider.decide(flow.definition, null, flow.start);
  }

  @Benchmark
  public Decision answer() {
    return flow.decider.decide(flow.definition, flow.state(), flow.answer);
  }
}
