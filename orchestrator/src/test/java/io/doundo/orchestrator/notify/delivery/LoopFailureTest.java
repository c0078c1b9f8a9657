package io.doundo.orchestrator.notify.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a failure of the notifier counts. */
class LoopFailureTest {

  private static final Instant START = Instant.parse("2027-05-04T03:00:00Z");

  @Test
  void aFailureThatComesAgainWithEachConsumerIsOneThatLasts() {
    LoopFailure failure = new LoopFailure();
    Instant now = START;
    for (int i = 0; i < 5; i++) {
      failure.happened("the topic refuses writes", now);
      now = now.plus(Duration.ofSeconds(12));
      failure.worked(now);
      assertThat(failure.message()).isEqualTo("the topic refuses writes");
    }
    now = now.plus(LoopFailure.STEADY);
    failure.worked(now);

    assertThat(failure.message()).isNull();
  }

  @Test
  void beforeTheFirstFailureThereIsNone() {
    LoopFailure failure = new LoopFailure();
    failure.worked(START);

    assertThat(failure.message()).isNull();
  }
}
