package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flows that wait for a time or a signal, in a service's own tests. */
class WaitsTest {

  private static final String DOCUMENT =
      """
      orchestrationName: order
      steps:
        - { name: draft }
        - { name: cool, wait: 3d }
        - name: approval
          signal: approved
          accept: "signal.by != payload.author"
          timeout: 1d
          onTimeout: continue
        - { name: escalate, when: "steps.approval.failed", undo: none }
        - { name: publish, undo: none, input: { by: "{{ steps.approval.?by.orValue('nobody') }}" } }
      """;

  private final TestOrchestrator orchestrator = TestOrchestrator.of(DOCUMENT).with();

  @AfterEach
  void close() {
    orchestrator.close();
  }

  private TestFlow drafted() {
    TestFlow flow = orchestrator.start(Map.of("author", "eve"));
    flow.expectDo("draft").succeeds(Map.of());
    return flow;
  }

  @Test
  void aStepTakesTheSignalThatTheTestSends() {
    TestFlow flow = drafted().expectNothingSent();
    assertThat(flow.history()).anyMatch(line -> line.startsWith("STEP_WAITING approval"));
    flow.signal("approved", Map.of("amount", 7), "ann");
    flow.expectDo("publish").with("by", "ann").succeeds(Map.of());
    flow.expectCompleted();
  }

  @Test
  void anEarlySignalIsKept() {
    TestFlow flow = orchestrator.start(Map.of("author", "eve"));
    flow.signal("approved", null, "ann");
    flow.expectDo("draft").succeeds(Map.of());
    flow.expectDo("publish").with("by", "ann").succeeds(Map.of());
    flow.expectCompleted();
  }

  @Test
  void aSignalThatNoStepTakesFailsTheTestWithTheReason() {
    TestFlow flow = drafted().expectNothingSent();
    assertThatThrownBy(() -> flow.signal("aproved", null, "ann"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("waits for no such signal, only for approved");
    assertThatThrownBy(() -> flow.signal("approved", null, "eve"))
        .hasMessageContaining("step approval does not accept it");
  }

  @Test
  void aWaitForASignalTimesOutWhenTheTestSaysSo() {
    TestFlow flow = drafted().expectNothingSent();
    flow.passes(Duration.ofDays(1));
    flow.expectDo("escalate").succeeds(Map.of());
    flow.expectDo("publish").with("by", "nobody").succeeds(Map.of());
    flow.expectCompleted();
  }
}
