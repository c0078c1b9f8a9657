package io.doundo.bench.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyStateTest {

  @Test
  void threeWindowsMustBeTheSameWithinThreePercent() {
    SteadyState steadiness = new SteadyState();
    assertThat(after(steadiness, 100).isSteady()).isFalse();
    assertThat(after(steadiness, 100).isSteady()).as("two windows").isFalse();
    assertThat(steadiness)
        .hasToString("not known to be warm: only 2 windows were run, 3 are needed");
    assertThat(after(steadiness, 102.9).isSteady()).isTrue();
    assertThat(after(steadiness, 90).isSteady()).isFalse();
    assertThat(steadiness)
        .hasToString(
            "still warming up: a flow cost 90 µs of CPU in the last of 4 windows, and the last three"
                + " differ by 14.3 %");
    assertThat(after(steadiness, 91).isSteady()).isFalse();
    assertThat(after(steadiness, 92).isSteady()).as("only the last three count").isTrue();
  }

  @Test
  void threePercentIsTooMuch() {
    SteadyState steadiness = new SteadyState();
    after(steadiness, 100);
    after(steadiness, 103);

    assertThat(after(steadiness, 101).isSteady()).isFalse();
  }

  @Test
  void aWarmUpLastsItsMinimumAndEndsWhenItIsSteadyOrAtItsLimit() {
    WarmUp warmUp = new WarmUp(Duration.ofSeconds(15), Duration.ofMinutes(2));

    assertThat(warmUp.isOver(Duration.ofSeconds(14), true)).isFalse();
    assertThat(warmUp.isOver(Duration.ofSeconds(15), true)).isTrue();
    assertThat(warmUp.isOver(Duration.ofSeconds(119), false)).isFalse();
    assertThat(warmUp.isOver(Duration.ofMinutes(2), false)).isTrue();
    assertThat(new WarmUp(Duration.ZERO, Duration.ofMinutes(2)).isOver(Duration.ZERO, false))
        .as("without a warm-up")
        .isTrue();
  }

  private static SteadyState after(SteadyState steadiness, double window) {
    steadiness.add(window);
    return steadiness;
  }
}
