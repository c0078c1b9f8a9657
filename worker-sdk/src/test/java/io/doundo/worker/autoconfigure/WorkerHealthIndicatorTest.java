package io.doundo.worker.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.worker.autoconfigure.DocumentRegistration.Registration;
import io.doundo.worker.autoconfigure.DocumentRegistration.RegistrationState;
import io.doundo.worker.delivery.WorkerState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** A service that does not serve is down, and reports the reason. */
class WorkerHealthIndicatorTest {

  private static Health health(WorkerState state) {
    return WorkerHealthIndicator.health(state, Map.of());
  }

  private static WorkerState state(boolean alive, @Nullable String failure, boolean fenceUp) {
    return new WorkerState(alive, failure, fenceUp ? null : "it refuses writes", null, Set.of(), 0);
  }

  @Test
  void aWorkerThatServesIsUp() {
    assertThat(health(state(true, null, true)).getStatus()).isEqualTo(Status.UP);
    assertThat(WorkerHealthIndicator.health(null, Map.of()).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aWorkerThatReadsNothingIsDown() {
    Health dead = health(state(false, "java.lang.OutOfMemoryError", true));
    Health failing = health(state(true, "no access to the group", true));
    Health unfenced = health(state(true, null, false));

    assertThat(List.of(dead, failing, unfenced))
        .extracting(Health::getStatus)
        .containsOnly(Status.DOWN);
    assertThat(String.valueOf(dead.getDetails().get("problems")))
        .contains("restart this process", "OutOfMemoryError");
    assertThat(String.valueOf(failing.getDetails().get("problems"))).contains("no access");
    assertThat(String.valueOf(unfenced.getDetails().get("problems")))
        .contains("fence", "it refuses writes");
  }

  @Test
  void aFenceWhoseClockIsAheadIsAFault() {
    Health health = health(new WorkerState(true, null, null, "the clock is ahead", Set.of(), 0));

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails())
        .containsEntry("fence", "up")
        .containsEntry("problems", List.of("the clock is ahead"));
  }

  @Test
  void missingTopicsAreReportedButNoFault() {
    Health health =
        health(new WorkerState(true, null, null, null, Set.of("orchestrator.order.pay.do"), 2));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("missingTopics", Set.of("orchestrator.order.pay.do"))
        .containsEntry("pausedPartitions", 2);
  }

  @Test
  void aDocumentThatWasRefusedIsAFaultAndOneThatWaitsIsNot() {
    WorkerState serving = state(true, null, true);
    Health waiting =
        WorkerHealthIndicator.health(
            serving, Map.of("a.yaml", new Registration(RegistrationState.WAITING, "no leader")));
    Health refused =
        WorkerHealthIndicator.health(
            serving,
            Map.of("a.yaml", new Registration(RegistrationState.REFUSED, "steps: is missing")));

    assertThat(waiting.getStatus()).isEqualTo(Status.UP);
    assertThat(waiting.getDetails())
        .containsEntry("registrations", Map.of("a.yaml", "WAITING: no leader"));
    assertThat(refused.getStatus()).isEqualTo(Status.DOWN);
    assertThat(String.valueOf(refused.getDetails().get("problems")))
        .contains("the orchestrator refused a.yaml: steps: is missing");
  }
}
