package io.doundo.bench.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyStateTest {

  @Test
  void theLastEightWindowsCostWhatTheEightBeforeDid() {
    SteadyState steadiness = new SteadyState();
    for (double window : new double[] {300, 200, 100, 130, 99, 102, 98, 101}) {
      steadiness.add(window);
    }
    assertThat(steadiness.isSteady()).isFalse();
    assertThat(steadiness)
        .hasToString("not known to be warm: only 8 windows were run, 16 are needed");

    for (double window : new double[] {99, 130, 101, 103, 98, 99, 97, 104}) {
      steadiness.add(window);
    }
    assertThat(steadiness.isSteady()).as("one slow window in eight means nothing").isTrue();
    assertThat(steadiness)
        .hasToString(
            "warm: a flow cost 100 µs of CPU in the last 8 of 16 windows, 1.5 % off those before");
  }

  @Test
  void whatStillBecomesFasterIsNotWarm() {
    SteadyState steadiness = new SteadyState();
    for (int i = 0; i < 16; i++) {
      steadiness.add(200 - 2 * i);
    }

    assertThat(steadiness.isSteady()).isFalse();
    assertThat(steadiness.toString()).startsWith("still warming up: a flow cost 177 µs of CPU");
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
}
