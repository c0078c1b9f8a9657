package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Flows whose steps are flows, in a service's own tests. */
class PartsTest {

  private static final String LIST =
      """
      orchestrationName: order
      steps:
        - { name: check }
        - name: items
          forEach: payload.items
          do: [ { name: reserve, input: { sku: "{{ item }}" } } ]
          result: { bin: "{{ steps.reserve.result.bin }}" }
        - { name: ship, input: { bins: "{{ steps.items.result.items }}" } }
      """;

  private static final String SHIPPING =
      """
      orchestrationName: shipping
      steps:
        - { name: label }
        - { name: hand }
      """;

  @Test
  void theItemsOfAListAreHandledOneByOneAndUndoneWhenTheFlowTurns() {
    try (TestOrchestrator orchestrator = TestOrchestrator.of(LIST).with()) {
      TestFlow flow = orchestrator.start(Map.of("items", List.of("a", "b")));
      flow.expectDo("check").succeeds();
      flow.expectDo("reserve").with("sku", "a").succeeds(Map.of("bin", 1));
      flow.expectDo("reserve").with("sku", "b").succeeds(Map.of("bin", 2));
      flow.expectDo("ship").failsForGood("no truck");
      flow.expectUndo("reserve").with("bin", 2).succeeds();
      flow.expectUndo("reserve").with("bin", 1).succeeds();
      flow.expectUndo("check").succeeds();
      flow.expectUndone();
      assertThat(flow.history())
          .anyMatch(line -> line.startsWith("sent: flow-1~items~1: DO reserve"));
    }
  }

  @Test
  void anotherOrchestrationIsKnownToTheTest() {
    String order =
        """
        orchestrationName: order
        steps:
          - { name: delivery, flow: shipping }
          - { name: bill }
        """;
    try (TestOrchestrator orchestrator = TestOrchestrator.of(order).knows(SHIPPING).with()) {
      TestFlow flow = orchestrator.start(Map.of());
      flow.expectDo("label").succeeds();
      flow.expectDo("hand").failsForGood("no carrier");
      flow.expectUndo("label").succeeds();
      flow.expectUndone();
    }
  }

  @Test
  void aLoopWaitsUntilTheTestLetsTimePass() {
    String watch =
        """
        orchestrationName: watch
        steps:
          - name: rounds
            repeat: { every: 5m, until: "round >= 2", most: 3 }
            do: [ { name: probe } ]
        """;
    try (TestOrchestrator orchestrator = TestOrchestrator.of(watch).with()) {
      TestFlow flow = orchestrator.start(Map.of());
      flow.expectDo("probe").succeeds();
      flow.passes(Duration.ofMinutes(5));
      flow.expectDo("probe").succeeds();
      flow.expectCompleted();
    }
  }

  @Test
  void aSignalReachesThePartThatWaitsForIt() {
    String gated =
        """
        orchestrationName: gated
        steps:
          - name: gate
            do: [ { name: approval, signal: approved }, { name: note } ]
        """;
    try (TestOrchestrator orchestrator = TestOrchestrator.of(gated).with()) {
      TestFlow flow = orchestrator.start(Map.of());
      flow.signal("approved", Map.of("amount", 7), "ann");
      flow.expectDo("note").with("amount", 7).succeeds();
      flow.expectCompleted();
    }
  }
}
