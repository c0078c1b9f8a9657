package io.doundo.bench.jmh;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Template;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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

/** The input of a step: copied by a path, and computed from two objects. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExpressionBenchmark {

  private final RawJson payload = json("\"order\":\"4711\",\"amount\":12.50,\"filler\":\"");
  private final RawJson result = json("\"order\":\"4711\",\"reservation\":\"r-17\",\"filler\":\"");
  private final Template path = template("{{ steps.reserve.result }}");
  private final Template computed = template("{{ merge(payload, steps.reserve.result) }}");

  private static RawJson json(String fields) {
    String text = "{" + fields + "x".repeat(250) + "\"}";
    return RawJson.trusted(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Template template(String text) {
    return ExpressionCompiler.ofStored()
        .template("input", Json.MAPPER.getNodeFactory().stringNode(text))
        .orElseThrow();
  }

  private Bindings bindings() {
    return new Bindings()
        .with("payload", payload)
        .withStep("reserve", Map.of("result", result, "failed", RawJson.FALSE));
  }

  @Benchmark
  public RawJson path() throws EvaluationException {
    return path.evaluate(bindings());
  }

  @Benchmark
  public RawJson computed() throws EvaluationException {
    return computed.evaluate(bindings());
  }
}
