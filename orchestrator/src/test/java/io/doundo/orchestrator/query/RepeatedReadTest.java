package io.doundo.orchestrator.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RepeatedReadTest {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private long now;
  private int reads;
  private boolean interrupted;

  private final RepeatedRead reading =
      new RepeatedRead(
          Duration.ofSeconds(2),
          () -> now,
          () -> {
            now += PAUSE.toNanos();
            return !interrupted;
          });

  /** A read that takes so long; its value is the number of reads so far. */
  private Supplier<Optional<Integer>> readTaking(Duration time) {
    return () -> {
      now += time.toNanos();
      return Optional.of(++reads);
    };
  }

  @Test
  void theFirstValueThatIsEnoughIsReturned() {
    assertThat(reading.until(readTaking(Duration.ZERO), value -> value.orElseThrow() == 3))
        .contains(3);
  }

  @Test
  void itEndsAfterItsTime() {
    assertThat(reading.until(readTaking(Duration.ZERO), value -> false)).contains(101);
    assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void whileTheStoresMoveAndEachReadTakesLongOnlyOneIsMade() {
    assertThat(reading.until(readTaking(Duration.ofSeconds(3)), value -> false)).contains(1);
    assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void anInterruptEndsIt() {
    interrupted = true;
    assertThat(reading.until(readTaking(Duration.ZERO), value -> false)).contains(1);
  }
}
