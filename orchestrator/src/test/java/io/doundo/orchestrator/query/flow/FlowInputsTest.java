package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a step is sent, from what is kept of its flow. */
class FlowInputsTest {

  private final Orchestration order = TestDefinitions.chain("order", "pay", "ship");
  private final Flow flow = Flow.started(order, "flow-1", 1_000);

  private Optional<RawJson> inputOf(FlowState state, String step, Map<String, byte[]> contents) {
    StoredFlow stored = new StoredFlow(state, null, contents);
    FlowReader reader =
        new FlowReader() {
          @Override
          public Optional<StoredFlow> find(String flowId) {
            return Optional.of(stored);
          }

          @Override
          public FlowOwner ownerOf(String flowId) {
            return new FlowOwner(true, "");
          }
        };
    return new Flows(
            reader,
            (address, id) -> Optional.empty(),
            id -> Optional.empty(),
            new Definitions(new OneDefinition()))
        .inputOf("flow-1", step);
  }

  @Test
  void theFirstStepIsSentThePayload() {
    assertThat(inputOf(flow.state(), "pay", Map.of(Flow.PAYLOAD.digest(), bytes("{\"a\":1}"))))
        .map(RawJson::toString)
        .contains("{\"a\":1}");
  }

  @Test
  void aLaterStepIsSentTheResultsTooOnceTheyAreKnown() {
    Map<String, byte[]> payload = Map.of(Flow.PAYLOAD.digest(), bytes("{\"a\":1}"));
    assertThat(inputOf(flow.state(), "ship", payload)).as("pay has no result yet").isEmpty();
    FlowState paid = flow.succeeded("pay", 2_000).state();
    Map<String, byte[]> both =
        Map.of(Flow.PAYLOAD.digest(), bytes("{\"a\":1}"), Flow.RESULT.digest(), bytes("{\"b\":2}"));
    assertThat(inputOf(paid, "ship", both))
        .hasValueSatisfying(
            input -> assertThat(input.toString()).contains("\"a\":1").contains("\"b\":2"));
  }

  @Test
  void whatAnOperatorGaveStandsInForWhatWouldBeComputed() {
    Content given = new Content("4".repeat(32), 7, true);
    Flow parked = Flow.started(order, "flow-1", 1_000).succeeded("pay", 2_000);
    FlowState replaced = withInput(parked.state(), 1, given);
    Map<String, byte[]> contents =
        Map.of(
            Flow.PAYLOAD.digest(),
            bytes("{\"a\":1}"),
            Flow.RESULT.digest(),
            bytes("{\"b\":2}"),
            given.digest(),
            bytes("{\"c\":3}"));
    assertThat(inputOf(replaced, "ship", contents)).map(RawJson::toString).contains("{\"c\":3}");
    assertThat(inputOf(replaced, "pay", contents)).map(RawJson::toString).contains("{\"a\":1}");
  }

  @Test
  void whatIsNotKeptIsNotMadeUp() {
    assertThat(inputOf(flow.state(), "pay", Map.of())).isEmpty();
    assertThat(inputOf(flow.state(), "nosuch", Map.of())).isEmpty();
  }

  private static FlowState withInput(FlowState state, int index, Content input) {
    List<StepState> steps = new ArrayList<>(state.steps());
    StepState step = steps.get(index);
    steps.set(
        index,
        new StepState(
            step.status(),
            step.effect(),
            step.generation(),
            step.dueAt(),
            step.startedAt(),
            step.endedAt(),
            step.result(),
            input,
            step.undoInput(),
            step.error(),
            step.outside(),
            step.branch(),
            step.takenSignal(),
            step.task(),
            step.parts()));
    return new FlowState(
        state.origin(),
        state.definition(),
        state.status(),
        state.parkReason(),
        state.paused(),
        state.reason(),
        state.cancelReason(),
        state.times(),
        state.turns(),
        state.transitions(),
        steps,
        state.notes(),
        state.signals(),
        state.life());
  }

  private static byte[] bytes(String json) {
    return json.getBytes(UTF_8);
  }

  private final class OneDefinition implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.of("order");
    }

    @Override
    public DefinitionHistory history(String name) {
      return DefinitionHistory.EMPTY;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return Optional.of(order);
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
