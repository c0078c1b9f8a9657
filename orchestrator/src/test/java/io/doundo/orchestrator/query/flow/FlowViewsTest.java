package io.doundo.orchestrator.query.flow;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartSets;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowViewsTest {

  private static final Orchestration ORDER = chain("order", "pay", "ship");

  @Test
  void aFlowReadsAsOperatorsKnowIt() {
    FlowView view = views(ORDER).view(flow());
    assertThat(view.status()).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(view.definition()).isEqualTo(ORDER.id().header());
    assertThat(view.version()).isEqualTo(3);
    assertThat(view.initiator()).isEqualTo("web-shop");
    assertThat(view.startedAt()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(view.completedAt()).isNull();
    assertThat(String.valueOf(view.payload())).isEqualTo("{}");
    assertThat(view.steps()).hasSize(2);
    FlowView.FlowStepView pay = view.steps().get(0);
    assertThat(pay.name()).isEqualTo("pay");
    assertThat(pay.status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(pay.attempts()).isEqualTo(1);
    assertThat(pay.durationMs()).isEqualTo(500);
    assertThat(pay.workerService()).isEqualTo("worker-1");
    assertThat(String.valueOf(pay.result())).isEqualTo("{\"ok\": 1}");
    FlowView.FlowStepView ship = view.steps().get(1);
    assertThat(ship.status()).isEqualTo(StepStatus.IN_PROGRESS);
    assertThat(ship.durationMs()).isNull();
    assertThat(ship.attemptDeadlineAt())
        .isEqualTo(Instant.ofEpochMilli(1_500 + ORDER.steps().get(1).timeout().toMillis()));
    assertThat(pay.attemptDeadlineAt()).as("it was answered").isNull();
    assertThat(ship.nextAttemptAt()).as("it is in flight, not waiting").isNull();
  }

  /** The simulator checks the same list in the core; the views have no second one. */
  @Test
  void effectsLeftByAnAbandonedOrPartlySkippedFlowAreListed() {
    Flow abandoned =
        Flow.started(ORDER, "f", 1_000)
            .succeeded("pay", 1_500)
            .asked(ControlAction.ABANDON, null, 1_600);
    assertThat(standing(ORDER, abandoned)).containsExactly("pay", "ship");
    assertThat(standing(null, abandoned)).containsExactly("#1", "#2");

    Orchestration brief =
        with(ORDER, "pay", step -> TestDefinitions.undoRetry(step, TestDefinitions.policy(1)));
    Flow skipped =
        Flow.started(brief, "f", 1_000)
            .succeeded("pay", 1_500)
            .failed("ship", CommandAction.DO, 1_600)
            .turned(1_700)
            .failed("pay", CommandAction.UNDO, 1_800)
            .asked(ControlAction.SKIP, "pay", 1_900);
    assertThat(skipped.state().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(standing(brief, skipped)).containsExactly("pay");
  }

  private static List<String> standing(@Nullable Orchestration known, Flow flow) {
    return views(known).view(new StoredFlow(flow.state(), null, Map.of())).leftStanding();
  }

  @Test
  void anIncidentIsShown() {
    Content other = new Content("3".repeat(32), 9, true);
    FlowState state =
        Flow.started(ORDER, "f", 1_000)
            .succeeded("pay", 1_500)
            .succeeded("pay", other, 1_600)
            .state();
    FlowView view = views(ORDER).view(new StoredFlow(state, null, Map.of()));
    assertThat(view.incidents()).isEqualTo(1);
    assertThat(view.lastIncident()).contains("pay", "succeeded twice with different results");
    assertThat(view.transition()).isEqualTo(3);
    assertThat(view.traceId())
        .as("as in the traceparent of its commands")
        .isEqualTo(state.incarnation());
  }

  @Test
  void partsThatWaitForAnOperatorComeFirst() {
    PartsState none = PartsState.begun(1, new PartsPlan(300, null, null, null, null), null);
    PartsState parts =
        new PartsState(
            1,
            none.phase(),
            none.plan(),
            300,
            new PartSets(Map.of(PartPlace.RUNNING, Ranges.of(0, 300))),
            Ranges.of(150, 151),
            Ranges.NONE,
            Ranges.NONE,
            Ranges.NONE,
            PartsState.NO_WINNER,
            0,
            null,
            List.of(),
            0,
            false,
            List.of(),
            List.of(new PausedPart(1, 290, 1_000, "ann")));
    Flow flow = Flow.started(ORDER, "f", 1_000);

    FlowView.PartsView view =
        Objects.requireNonNull(
            views(ORDER)
                .view(new StoredFlow(withParts(flow.state(), parts), null, Map.of()))
                .steps()
                .get(0)
                .parts());

    assertThat(view.parked()).isEqualTo(1);
    assertThat(view.paused()).isEqualTo(1);
    assertThat(view.flows()).hasSize(100);
    assertThat(view.flows().subList(0, 3))
        .containsExactly(
            new FlowView.PartLine("f~pay~150", 150, PartPlace.RUNNING, true, false),
            new FlowView.PartLine("f~pay~290", 290, PartPlace.RUNNING, false, true),
            new FlowView.PartLine("f~pay~0", 0, PartPlace.RUNNING, false, false));
  }

  private static FlowState withParts(FlowState flow, PartsState parts) {
    StepState step = flow.steps().get(0);
    StepState first =
        new StepState(
            step.status(),
            step.effect(),
            step.generation(),
            step.dueAt(),
            step.startedAt(),
            step.endedAt(),
            step.result(),
            step.input(),
            step.undoInput(),
            step.error(),
            step.outside(),
            step.branch(),
            step.takenSignal(),
            step.task(),
            parts);
    return new FlowState(
        flow.origin(),
        flow.definition(),
        flow.status(),
        flow.parkReason(),
        flow.paused(),
        flow.reason(),
        flow.cancelReason(),
        flow.times(),
        flow.turns(),
        flow.transitions(),
        List.of(first, flow.steps().get(1)),
        flow.notes(),
        flow.signals(),
        flow.life());
  }

  @Test
  void aFlowWhoseDefinitionIsMissingIsStillShown() {
    FlowView view = views(null).view(flow());
    assertThat(view.steps()).extracting(FlowView.FlowStepView::name).containsExactly("#1", "#2");
  }

  private static StoredFlow flow() {
    return new StoredFlow(
        Flow.started(ORDER, "f", 1_000).succeeded("pay", 1_500).state(),
        null,
        Map.of(
            Flow.PAYLOAD.digest(),
            "{}".getBytes(StandardCharsets.UTF_8),
            Flow.RESULT.digest(),
            "{\"ok\": 1}".getBytes(StandardCharsets.UTF_8)));
  }

  private static FlowViews views(@Nullable Orchestration known) {
    return new FlowViews(
        new DefinitionLookup() {
          @Override
          public Optional<Orchestration> find(DefinitionId id) {
            return Optional.ofNullable(known);
          }

          @Override
          public Optional<Integer> versionOf(DefinitionId id, long startedAt) {
            return Optional.of(3);
          }
        });
  }
}
