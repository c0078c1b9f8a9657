package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The idempotency keys that handlers are given. */
class HandlerKeysTest {

  private static final String DOCUMENT =
      """
      orchestrationName: order
      steps:
        - { name: charge, maxRetries: 1, timeout: 10s, onTimeout: escalate }
      """;

  /** A handler that notes its keys. */
  @SagaWorker("order")
  static final class Charging {

    final List<String> doing = new ArrayList<>();
    final List<List<String>> undoing = new ArrayList<>();

    @Do("charge")
    Map<String, Object> charge(Map<String, Object> request, StepContext step) {
      doing.add(step.idempotencyKey());
      assertThat(step.doKeys()).containsExactly(step.idempotencyKey());
      return Map.of("id", doing.size());
    }

    @Undo("charge")
    void refund(StepContext step) {
      undoing.add(step.doKeys());
      assertThat(step.doKeys()).doesNotContain(step.idempotencyKey());
    }
  }

  @Test
  void aStepInDoubtThatAnOperatorRetriesKeepsItsKeyAndItsUndoKnowsIt() {
    Charging charging = new Charging();
    try (TestOrchestrator orchestrator = TestOrchestrator.of(DOCUMENT).with(charging)) {
      TestFlow flow = orchestrator.start(Map.of("order", 1));
      flow.expectDo("charge").lostInCrash(CrashPoint.BEFORE_THE_RECORD).expectParked("ESCALATED");
      flow.retry("charge").expectDo("charge").handled().expectCompleted();
      flow.undo().expectUndo("charge").handled().expectUndone();
    }
    assertThat(charging.doing).hasSize(2);
    assertThat(charging.doing.get(1)).isEqualTo(charging.doing.get(0));
    assertThat(charging.undoing).containsExactly(List.of(charging.doing.get(0)));
  }
}
