package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlowWaitTest {

  private static final long BEGAN = Long.MAX_VALUE - 1;

  @Test
  void aShortWaitIsNotWorthAWord() {
    SlowWait wait = new SlowWait(BEGAN);
    assertThat(wait.isToBeTold(BEGAN)).isFalse();
    assertThat(wait.isToBeTold(BEGAN + SlowWait.LONG.toNanos() - 1)).isFalse();
  }

  @Test
  void aLongOneIsToldAndToldAgainFromTimeToTime() {
    SlowWait wait = new SlowWait(BEGAN);
    long told = BEGAN + SlowWait.LONG.toNanos();
    assertThat(wait.isToBeTold(told)).isTrue();
    assertThat(wait.isToBeTold(told + SlowWait.AGAIN.toNanos() - 1)).isFalse();
    assertThat(wait.isToBeTold(told + SlowWait.AGAIN.toNanos())).isTrue();
  }
}
