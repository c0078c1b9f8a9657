package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The answer to a task is for that task, and for no task of the same name in a part. */
class TaskAnswersInPartsTest {

  private static final String PART = "f~payout~0";

  private static final String PAYOUT =
      """
      orchestrationName: payout
      steps:
        - name: approve
          task: { title: Approve the payout, candidates: [directors] }
        - { name: pay }
      """;

  private static final String ORDER =
      """
      orchestrationName: order
      steps:
        - parallel:
            - { name: payout, flow: payout }
            - { name: approve, task: { title: Approve the order, candidates: [clerks] } }
        - { name: ship }
      """;

  private final DocumentFamily family = new DocumentFamily();

  @Test
  void theAnswerToATaskOfTheFlowDoesNotReachATaskOfThatNameInAPart() {
    family.register(PAYOUT).start(ORDER, "{}");
    answer("f", "c-1", List.of("cleo", "clerks"));

    assertThat(step("f", "approve").status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(step(PART, "approve").status()).isEqualTo(StepStatus.WAITING);
    assertThat(family.sent).isEmpty();

    answer(PART, "c-2", List.of("cleo", "clerks"));
    assertThat(refusalOf(PART, "c-2"))
        .isEqualTo("CHANGED_MEANWHILE: task approve is not for cleo or clerks any more");

    answer(PART, "c-3", List.of("dora", "directors"));
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(family.sent).hasSize(2).first().asString().startsWith(PART + " DO pay");
  }

  @Test
  void aSecondAnswerIsRefusedAlthoughAPartWaitsForOneOfItsName() {
    family.register(PAYOUT).start(ORDER, "{}");
    answer("f", "c-1", null);
    answer("f", "c-2", null);

    assertThat(refusalOf("f", "c-1")).isNull();
    assertThat(refusalOf("f", "c-2")).isEqualTo("no step waits for it any more");
    assertThat(step(PART, "approve").status()).isEqualTo(StepStatus.WAITING);
  }

  @Test
  void anAnswerThatComesBeforeItsTaskIsKeptForIt() {
    family
        .register(PAYOUT)
        .start(
            """
            orchestrationName: order
            steps:
              - { name: payout, flow: payout }
              - { name: approve, task: { title: Approve the order } }
            """,
            "{}");
    answer("f", "c-1", null);

    assertThat(family.flow("f").signals().kept()).hasSize(1);
    assertThat(step(PART, "approve").status()).isEqualTo(StepStatus.WAITING);

    answer(PART, "c-2", null);
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSignalFromAboveStopsAtTheFirstTaskOfItsName() {
    family
        .register(PAYOUT)
        .register(ORDER)
        .start("orchestrationName: top\nsteps: [ { name: order, flow: order } ]", "{}");
    String order = "f~order~0";
    String payout = order + "~payout~0";
    answer("f", "c-1", null);

    assertThat(step(order, "approve").status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(step(payout, "approve").status()).isEqualTo(StepStatus.WAITING);

    // The order hands none to its part, so it does not ask the flow above for another one.
    answer("f", "c-2", null);
    assertThat(family.flow("f").signals().kept()).hasSize(1);
    assertThat(step(payout, "approve").status()).isEqualTo(StepStatus.WAITING);
  }

  @Test
  void aSignalStillReachesATaskOfAPartWhoseNameTheFlowDoesNotUse() {
    family
        .register(PAYOUT)
        .start("orchestrationName: order\nsteps: [ { name: payout, flow: payout } ]", "{}");
    answer("f", "c-1", null);

    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
  }

  private void answer(String flowId, String controlId, @Nullable List<String> asOneOf) {
    String by = asOneOf == null ? "operator" : asOneOf.get(0);
    family
        .family()
        .take(
            flowId,
            new SignalReceived(
                family.family().now, controlId, "approve", null, by, true, null, asOneOf));
    family.family().readAll();
  }

  private StepState step(String flowId, String name) {
    return family.flow(flowId).steps().get(family.family().definitionOf(flowId).indexOf(name));
  }

  private @Nullable String refusalOf(String flowId, String controlId) {
    ControlOutcome outcome = family.flow(flowId).signals().outcomeOf(controlId);
    return Objects.requireNonNull(outcome).refusal();
  }
}
