package io.doundo.orchestrator.trigger;

import io.doundo.expression.Bindings;
import io.doundo.expression.Condition;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Template;
import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.Names;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of a trigger, compiled: an event goes in, and what follows from it comes out.
 * Immutable and thread-safe.
 */
public final class TriggerProgram {

  private final String orchestration;
  private final String initiator;
  private final EventMapping mapping;
  private final @Nullable Condition when;
  private final @Nullable Template flowId;
  private final @Nullable Template payload;

  /**
   * @param initiator who starts or signals, such as {@code event/order/paid}
   */
  public TriggerProgram(String orchestration, String initiator, EventMapping mapping) {
    this.orchestration = orchestration;
    this.initiator = initiator;
    this.mapping = mapping;
    ExpressionCompiler compiler = ExpressionCompiler.ofStored();
    this.when =
        mapping.when() == null ? null : compiler.condition("when", mapping.when()).orElseThrow();
    this.flowId =
        mapping.flowId() == null
            ? null
            : compiler
                .template("flowId", Json.MAPPER.getNodeFactory().stringNode(mapping.flowId()))
                .orElseThrow();
    this.payload =
        mapping.payload() == null
            ? null
            : compiler.template("payload", Json.MAPPER.readTree(mapping.payload())).orElseThrow();
  }

  /** What follows from an event. */
  public sealed interface Outcome {}

  /** Nothing: its condition is false. */
  public record Ignored() implements Outcome {}

  /** A flow starts. */
  public record Starts(StartEvent start) implements Outcome {}

  /** A flow is signalled. */
  public record Signals(ControlCommand signal) implements Outcome {}

  /** Nothing can follow. */
  public record Unmapped(String reason) implements Outcome {}

  /** Whether it signals flows; it starts them otherwise. */
  public boolean signals() {
    return mapping.signal() != null;
  }

  /**
   * What follows from an event. The same event has the same outcome.
   *
   * @param event the value of the variable {@code event}
   * @param data the payload where the trigger does not say
   * @param id made of what identifies the event: the flowId where the trigger does not say, and the
   *     controlId of a signal
   */
  public Outcome apply(RawJson event, RawJson data, String id) {
    Bindings bindings = new Bindings().with("event", event);
    try {
      if (when != null && !when.evaluate(bindings)) {
        return new Ignored();
      }
      String flow = flowId == null ? id : text(flowId.evaluate(bindings));
      if (flow == null) {
        return new Unmapped("flowId: must be text, but its expression has no text as its value");
      }
      RawJson content = payload == null ? data : payload.evaluate(bindings);
      return mapping.signal() == null
          ? start(flow, content)
          : signal(mapping.signal(), flow, content, id);
    } catch (EvaluationException e) {
      return new Unmapped(String.valueOf(e.getMessage()));
    }
  }

  private Outcome start(String flow, RawJson content) {
    String refusal = Names.refuseStartedFlowId(flow);
    if (refusal != null) {
      return new Unmapped("flowId: \"" + flow + "\" " + refusal);
    }
    if (!content.isObject()) {
      return new Unmapped("payload: must be an object but is " + Json.kind(content));
    }
    return new Starts(new StartEvent(orchestration, flow, content, initiator));
  }

  private Outcome signal(String name, String flow, RawJson content, String id) {
    String refusal = Names.refuseFlowId(flow);
    if (refusal != null) {
      return new Unmapped("flowId: \"" + flow + "\" " + refusal);
    }
    return new Signals(ControlCommand.signal(id, flow, name, content, initiator));
  }

  private static @Nullable String text(RawJson value) {
    return value.isScalar() && !value.isNull() ? Json.text(value) : null;
  }
}
