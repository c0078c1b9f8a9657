package io.doundo.orchestrator.app.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.trigger.event.EventTriggers.Standing;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class TriggersHealthIndicatorTest {

  @Test
  void aTriggerThatIsLeftOut_isNamedWithItsReason() {
    Health health =
        TriggersHealthIndicator.health(
            new Standing(
                Set.of("leads"),
                Set.of(),
                Set.of(),
                Set.of(),
                Map.of("order/bad", "when: cannot be read"),
                null));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("unusable", Map.of("order/bad", "when: cannot be read"));
  }
}
