package io.doundo.orchestrator.query.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.index.MinuteCounts.Kind;
import io.doundo.orchestrator.query.index.MinuteCounts.Minute;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinuteCountsTest {

  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long NOW = 100_000 * MINUTE + 30_000;

  private final MinuteCounts counts = new MinuteCounts();

  @Test
  void eachMinuteHasItsNumbers() {
    counts.add(Kind.STARTED, "order", NOW, NOW);
    counts.add(Kind.STARTED, "other", NOW - MINUTE, NOW);
    counts.add(Kind.COMPLETED, "order", NOW - MINUTE, NOW);
    assertThat(counts.last(2, null, NOW))
        .containsExactly(
            new Minute(99_999 * MINUTE, 1, 1, 0, 0), new Minute(100_000 * MINUTE, 1, 0, 0, 0));
    assertThat(counts.last(2, "order", NOW))
        .containsExactly(
            new Minute(99_999 * MINUTE, 0, 1, 0, 0), new Minute(100_000 * MINUTE, 1, 0, 0, 0));
    assertThat(counts.last(1, "unknown", NOW))
        .containsExactly(new Minute(100_000 * MINUTE, 0, 0, 0, 0));
  }

  @Test
  void aDayLaterTheMinuteIsAnotherOne() {
    counts.add(Kind.STARTED, "order", NOW, NOW);
    long tomorrow = NOW + Duration.ofDays(1).toMillis();
    assertThat(counts.last(1, null, tomorrow)).extracting(Minute::started).containsExactly(0);
    counts.add(Kind.PARKED, "order", tomorrow, tomorrow);
    assertThat(counts.last(1, null, tomorrow))
        .containsExactly(new Minute(tomorrow - 30_000, 0, 0, 0, 1));
  }

  @Test
  void whatIsTooOldOrInTheFutureIsNotCounted() {
    counts.add(Kind.DEAD_LETTER, null, NOW - Duration.ofDays(1).toMillis(), NOW);
    counts.add(Kind.DEAD_LETTER, null, NOW + Duration.ofHours(1).toMillis(), NOW);
    assertThat(counts.deadLetters(NOW)).isZero();
    counts.add(Kind.DEAD_LETTER, null, NOW - Duration.ofHours(23).toMillis(), NOW);
    assertThat(counts.deadLetters(NOW)).isEqualTo(1);
  }
}
