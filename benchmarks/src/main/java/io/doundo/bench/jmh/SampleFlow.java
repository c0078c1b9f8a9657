package io.doundo.bench.jmh;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.CommandAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * A flow of three sequential steps with 300 bytes of payload, before and after its first answer.
 */
final class SampleFlow {

  static final String FLOW_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  static final String REGISTRATION =
      """
      {"orchestrationName": "order", "type": "sequential", "steps": [
       {"seq": 1, "name": "reserve", "timeout": "30s"},
       {"seq": 2, "name": "charge", "retry": {"maxAttempts": 5, "delay": "200ms"}},
       {"seq": 3, "name": "ship"}]}""";

  static final byte[] PAYLOAD =
      "{\"customer\":\"c-4711\",\"note\":\"%s\"}"
          .formatted("x".repeat(265))
          .getBytes(StandardCharsets.UTF_8);

  private static final String PAYLOAD_DIGEST = "00112233445566778899aabbccddeeff";
  private static final String RESULT_DIGEST = "ffeeddccbbaa99887766554433221100";
  private static final byte[] RESULT = "{\"reserve\":\"ok\"}".getBytes(StandardCharsets.UTF_8);
  private static final long AT = 1_795_252_453_657L;

  final FlowDecider decider = new FlowDecider();
  final Orchestration definition;
  final FlowEvent start;
  final Decision started;
  final FlowEvent answer;
  final Decision answered;

  SampleFlow() {
    CompiledRegistration registered =
        RegistrationCompiler.compile(REGISTRATION.getBytes(StandardCharsets.UTF_8), Map.of());
    definition = ((Defined) registered.results().get(0)).orchestration();
    start =
        new FlowStarted(
            AT,
            FLOW_ID,
            "0123456789abcdef0123456789abcdef",
            "order",
            new Content(PAYLOAD_DIGEST, PAYLOAD.length, true),
            "aaaabbbbccccddddeeeeffff00001111",
            "shop");
    started = decider.decide(definition, null, start);
    DispatchStep command =
        started.effects().stream()
            .filter(DispatchStep.class::isInstance)
            .map(DispatchStep.class::cast)
            .findFirst()
            .orElseThrow();
    answer =
        new StepSucceeded(
            AT + 7,
            "reserve",
            CommandAction.DO,
            new AnswerOf(command.commandId(), 1, false),
            new Content(RESULT_DIGEST, RESULT.length, true),
            "warehouse");
    answered = decider.decide(definition, state(), answer);
  }

  /** After the start. */
  FlowState state() {
    return Objects.requireNonNull(started.next());
  }

  /** The contents that stand in the state's value. */
  static Map<String, byte[]> contents() {
    return Map.of(PAYLOAD_DIGEST, PAYLOAD, RESULT_DIGEST, RESULT);
  }
}
