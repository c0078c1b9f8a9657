package io.doundo.bench.jmh;

import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** The codecs that run once for each hop of a flow. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

  private static final byte[] KEY = SampleFlow.FLOW_ID.getBytes(StandardCharsets.UTF_8);

  private final SampleFlow flow = new SampleFlow();
  private final FlowState answered = Objects.requireNonNull(flow.answered.next());
  private final byte[] stored = FlowStateCodec.encode(answered, null, SampleFlow.contents());
  private final List<PublishFlowEvent> entries =
      flow.answered.effects().stream()
          .filter(PublishFlowEvent.class::isInstance)
          .map(PublishFlowEvent.class::cast)
          .toList();
  private final AuditLog auditLog = new AuditLog(1_000_000);
  private final RawJson payload = RawJson.trusted(SampleFlow.PAYLOAD);
  private final RawJson result =
      RawJson.trusted("{\"reserve\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
  private final byte[] start =
      new StartEvent("order", SampleFlow.FLOW_ID, payload, "shop").encode();
  private final byte[] answer =
      """
      {"headers":{"flowId":"%s","orchestrationName":"order","stepName":"reserve","action":"DO",\
      "seq":1,"attempt":1,"eventType":"doreserve","timestamp":"2026-11-21T09:00:00.123Z",\
      "status":true},"payload":{"reserve":"ok"}}"""
          .formatted(SampleFlow.FLOW_ID)
          .getBytes(StandardCharsets.UTF_8);
  private final HeaderLookup headers =
      HeaderLookup.of(Map.of("saga-command-id", "0123456789abcdef0123456789abcdef"));

  @Benchmark
  public byte[] commandEncode() {
    return new CommandEnvelope(
            SampleFlow.FLOW_ID, "order", "charge", CommandAction.DO, 2, 1, 1_795_252_453_657L)
        .encode(payload);
  }

  @Benchmark
  public RawJson payloadMerge() throws MalformedRecordException {
    return Json.merge(List.of(payload, result));
  }

  @Benchmark
  public StartEvent startDecode() throws MalformedRecordException {
    return StartEvent.decode(start, KEY, HeaderLookup.NONE);
  }

  @Benchmark
  public Answer answerDecode() throws MalformedRecordException {
    return AnswerEnvelope.decode(answer, KEY, headers);
  }

  @Benchmark
  public byte[] stateEncode() {
    return FlowStateCodec.encode(answered, null, SampleFlow.contents());
  }

  @Benchmark
  public StoredFlow stateDecode() {
    return FlowStateCodec.decode(stored);
  }

  @Benchmark
  public byte[] auditEncode() {
    return auditLog
        .record(null, answered, flow.answer, List.of(), entries, List.of(), null)
        .value();
  }
}
