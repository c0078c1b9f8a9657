package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.worker.delivery.WorkerState;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class HttpWorkerHealthIndicatorTest {

  private static Health of(@Nullable WorkerState state) {
    return new HttpWorkerHealthIndicator(() -> state).health();
  }

  @Test
  void aWorkerThatReadsCommandsIsUp() {
    Health health = of(new WorkerState(true, null, null, null, Set.of("orchestrator.http"), 2));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("alive", true)
        .containsEntry("missingTopics", Set.of("orchestrator.http"))
        .containsEntry("pausedPartitions", 2)
        .doesNotContainKey("problems");
  }

  @Test
  void aDeadWorkerIsDownAndSaysWhatToDo() {
    Health health = of(new WorkerState(false, "an error", null, null, Set.of(), 0));

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails())
        .containsEntry(
            "problems", List.of("commands are no longer consumed; restart this process: an error"));
  }

  @Test
  void aWorkerThatCannotReadIsDown() {
    Health health = of(new WorkerState(true, "not authorized", "no fence", null, Set.of(), 0));

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails())
        .containsEntry(
            "problems",
            List.of(
                "commands cannot be consumed: not authorized",
                "the fence cannot be asked, so nothing runs: no fence"));
  }

  @Test
  void beforeItsStartNothingIsKnown() {
    assertThat(of(null).getStatus()).isEqualTo(Status.UNKNOWN);
  }
}
