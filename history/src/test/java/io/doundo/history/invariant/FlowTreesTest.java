package io.doundo.history.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.History;
import io.doundo.history.RecordPosition;
import io.doundo.history.Transition;
import io.doundo.history.Violation;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the checker finds in trees of flows, and in the runs of a schedule. */
class FlowTreesTest {

  private static final Orchestration ORDER =
      PartsDocuments.compiled(
          """
          orchestrationName: order
          vocabulary: 2
          steps:
            - { name: extras, do: [ { name: wrap, do: [ { name: gift } ] } ] }
            - { name: notes, do: [ { name: note } ], undo: none }
          """);

  private static final Content PAYLOAD = new Content("digest", 2, true);

  private final List<Transition> transitions = new ArrayList<>();

  private Transition transition(
      String flowId,
      String incarnation,
      @Nullable String initiator,
      FlowStatus status,
      @Nullable PartOf part,
      PublishFlowEvent... entries) {
    return new Transition(
        new RecordPosition("orchestrator.flow.events", 0, transitions.size(), 1),
        flowId,
        incarnation,
        ORDER.name(),
        ORDER.id().header(),
        1,
        status,
        new FlowStarted(
            1,
            flowId,
            incarnation,
            ORDER.name(),
            PAYLOAD,
            "start",
            initiator,
            null,
            null,
            part,
            null),
        List.of(entries));
  }

  private void flow(String flowId, FlowStatus status, PublishFlowEvent... entries) {
    transitions.add(transition(flowId, "of " + flowId, null, status, null, entries));
  }

  private void part(String parent, String step, int attempt, String path, FlowStatus status) {
    PartLink link = new PartLink(parent, "of " + parent, step, attempt, 0);
    String flowId = PartOf.flowIdOf(link);
    PartOf part = new PartOf(link, "f", 1, ORDER.id(), path, null);
    transitions.add(transition(flowId, "of " + flowId, null, status, part));
  }

  private static PublishFlowEvent entry(FlowEventType type, String step, int attempt) {
    return new PublishFlowEvent(type, step, CommandAction.DO, 1, attempt, -1, null, null);
  }

  /** The invariants that concern more than one flow, of those that do not hold. */
  private List<String> violated() {
    History history =
        new History(
            Map.of(ORDER.id().header(), ORDER),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            transitions,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            new History.Quiet(2, 3, true));
    return new HistoryChecker(new FlowDecider()::decide)
        .check(history).stream()
            .map(Violation::invariant)
            .filter(List.of("I13", "I14", "I18")::contains)
            .toList();
  }

  @Test
  void aTreeThatIsUndoneWholeIsWell() {
    flow("f", FlowStatus.UNDONE);
    part("f", "extras", 1, "extras", FlowStatus.UNDONE);
    part("f~extras~0", "wrap", 1, "extras/wrap", FlowStatus.UNDONE);

    assertThat(violated()).isEmpty();
  }

  @Test
  void aPartThatStandsBehindAnUndoneFlowIsFound() {
    flow("f", FlowStatus.UNDONE);
    part("f", "extras", 1, "extras", FlowStatus.COMPLETED);

    assertThat(violated()).containsExactly("I13");
  }

  @Test
  void aPartOfAPartThatStandsBehindIsFound() {
    flow("f", FlowStatus.UNDONE);
    part("f", "extras", 1, "extras", FlowStatus.UNDONE);
    part("f~extras~0", "wrap", 1, "extras/wrap", FlowStatus.COMPLETED);

    assertThat(violated()).containsExactly("I13");
  }

  @Test
  void aPartThatIsNotToBeUndoneMayStandOnceItsStepHasSucceeded() {
    flow("f", FlowStatus.UNDONE, entry(FlowEventType.STEP_SUCCESS, "notes", 1));
    part("f", "notes", 1, "notes", FlowStatus.COMPLETED);
    assertThat(violated()).isEmpty();

    transitions.clear();
    flow("f", FlowStatus.UNDONE);
    part("f", "notes", 1, "notes", FlowStatus.COMPLETED);

    assertThat(violated()).containsExactly("I13");
  }

  @Test
  void aPartOfAFailedAttemptThatStandsIsFound() {
    flow(
        "f",
        FlowStatus.COMPLETED,
        entry(FlowEventType.STEP_STARTED, "extras", 1),
        entry(FlowEventType.STEP_STARTED, "extras", 2));
    part("f", "extras", 1, "extras", FlowStatus.COMPLETED);
    part("f", "extras", 2, "extras", FlowStatus.COMPLETED);

    assertThat(violated()).containsExactly("I13");
  }

  @Test
  void aPartThatRunsOnAfterItsFlowHasEndedIsFound() {
    flow("f", FlowStatus.COMPLETED);
    part("f", "extras", 1, "extras", FlowStatus.UNDOING);

    assertThat(violated()).containsExactly("I14");
  }

  @Test
  void aPartThatWaitsForAnOperatorMayOutliveItsFlow() {
    flow("f", FlowStatus.COMPLETED);
    part("f", "extras", 1, "extras", FlowStatus.PARKED);

    assertThat(violated()).isEmpty();
  }

  @Test
  void aTimeOfAScheduleThatStartsTwoFlowsIsFound() {
    String run = "order.nightly.2027-05-04T00:00:00Z";
    String schedule = "schedule/order/nightly";
    transitions.add(transition(run, "one", schedule, FlowStatus.COMPLETED, null));
    assertThat(violated()).isEmpty();

    transitions.add(transition(run, "two", schedule, FlowStatus.COMPLETED, null));

    assertThat(violated()).containsExactly("I18");
  }

  @Test
  void aFlowIdThatSomebodyElseUsesAgainIsNoTimeOfASchedule() {
    transitions.add(transition("f", "one", "shop", FlowStatus.COMPLETED, null));
    transitions.add(transition("f", "two", "shop", FlowStatus.COMPLETED, null));

    assertThat(violated()).isEmpty();
  }
}
