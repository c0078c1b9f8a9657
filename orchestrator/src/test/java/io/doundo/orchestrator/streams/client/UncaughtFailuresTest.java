package io.doundo.orchestrator.streams.client;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

/** Dead threads are replaced, after ever longer delays, and not forever. */
class UncaughtFailuresTest {

  private final StreamsException disk = new StreamsException("no space left on device");
  private final StreamsException broker =
      new StreamsException(new TimeoutException("the broker is away"));

  private final List<Long> pauses = new ArrayList<>();
  private long nanos;
  private final UncaughtFailures failures =
      new UncaughtFailures(new EngineMeters(), () -> nanos, this::pause);

  private void pause(long millis) {
    pauses.add(millis);
    nanos += Duration.ofMillis(millis).toNanos();
  }

  @Test
  void theFirstThreadIsReplacedAlmostAtOnceAndLaterOnesLater() {
    for (int i = 0; i < 10; i++) {
      assertThat(failures.handle(disk)).isEqualTo(REPLACE_THREAD);
    }
    assertThat(pauses)
        .startsWith(250L, 500L, 1_000L, 2_000L)
        .endsWith(16_000L, 30_000L, 30_000L, 30_000L);
    assertThat(failures.trouble())
        .hasValueSatisfying(
            trouble ->
                assertThat(trouble)
                    .contains("10 stream threads have died so far", "no space left on device"));
  }

  @Test
  void repeatedFailuresStopTheEngine() {
    for (int i = 1; i < UncaughtFailures.MOST_IN_A_ROW; i++) {
      assertThat(failures.handle(disk)).isEqualTo(REPLACE_THREAD);
    }
    assertThat(failures.handle(disk)).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void aMissingPermissionStopsTheEngineToo() {
    StreamsException denied = new StreamsException(new TopicAuthorizationException("denied"));
    for (int i = 1; i < UncaughtFailures.MOST_IN_A_ROW; i++) {
      failures.handle(denied);
    }
    assertThat(failures.handle(denied)).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void aBrokerThatIsAwayIsWaitedForHoweverLong() {
    for (int i = 0; i < 2 * UncaughtFailures.MOST_IN_A_ROW; i++) {
      assertThat(failures.handle(broker)).isEqualTo(REPLACE_THREAD);
    }
    assertThat(pauses).endsWith(30_000L);
  }

  @Test
  void afterACalmTimeItBeginsAgain() {
    for (int i = 1; i < UncaughtFailures.MOST_IN_A_ROW; i++) {
      failures.handle(disk);
    }
    nanos += Duration.ofMinutes(3).toNanos();
    assertThat(failures.trouble()).isEmpty();
    assertThat(failures.handle(disk)).isEqualTo(REPLACE_THREAD);
    assertThat(pauses).endsWith(250L);
  }

  @Test
  void errorsThatNoThreadCanOvercomeStopTheEngineAtOnce() {
    assertThat(failures.handle(new MissingSourceTopicException("gone"))).isEqualTo(SHUTDOWN_CLIENT);
    assertThat(pauses).isEmpty();
  }
}
