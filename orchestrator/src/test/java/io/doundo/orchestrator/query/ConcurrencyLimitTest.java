package io.doundo.orchestrator.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

  private final ConcurrencyLimit limit =
      new ConcurrencyLimit(2, Duration.ZERO, "2 searches are running; try again in a moment.");

  @Test
  void oneMoreThanTheMostIsRefusedAndTheOthersGoOn() {
    String both =
        limit.run(
            () ->
                limit.run(
                    () -> {
                      assertThatThrownBy(() -> limit.run(() -> "third"))
                          .isInstanceOf(ReadsUnavailableException.class)
                          .hasMessage("2 searches are running; try again in a moment.");
                      return "second";
                    }));
    assertThat(both).isEqualTo("second");
  }

  @Test
  void aReadThatFailsGivesItsPlaceBack() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  limit.run(
                      () -> {
                        throw new IllegalStateException("broken");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(limit.run(() -> "next")).isEqualTo("next");
  }
}
