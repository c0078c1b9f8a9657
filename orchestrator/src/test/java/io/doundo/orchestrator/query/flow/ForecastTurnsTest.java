package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ForecastTurnsTest {

  private final ForecastTurns turns = new ForecastTurns(2, Duration.ZERO);

  @Test
  void oneMoreThanTheMostIsRefusedAndTheOthersGoOn() {
    String both =
        turns.take(
            () ->
                turns.take(
                    () -> {
                      assertThatThrownBy(() -> turns.take(() -> "third"))
                          .isInstanceOf(ReadsUnavailableException.class)
                          .hasMessageContaining("2 forecasts");
                      return "second";
                    }));
    assertThat(both).isEqualTo("second");
  }

  @Test
  void aForecastThatFailsGivesItsTurnBack() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  turns.take(
                      () -> {
                        throw new IllegalStateException("broken");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(turns.take(() -> "next")).isEqualTo("next");
  }
}
