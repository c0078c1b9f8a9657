package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitReminderTest {

  private static final long BEGAN = Long.MAX_VALUE - 1;

  @Test
  void aShortWaitIsNotWorthAWord() {
    WaitReminder wait = new WaitReminder(BEGAN);
    assertThat(wait.isDue(BEGAN)).isFalse();
    assertThat(wait.isDue(BEGAN + WaitReminder.LONG.toNanos() - 1)).isFalse();
  }

  @Test
  void aLongOneIsReportedAgainFromTimeToTime() {
    WaitReminder wait = new WaitReminder(BEGAN);
    long told = BEGAN + WaitReminder.LONG.toNanos();
    assertThat(wait.isDue(told)).isTrue();
    assertThat(wait.isDue(told + WaitReminder.AGAIN.toNanos() - 1)).isFalse();
    assertThat(wait.isDue(told + WaitReminder.AGAIN.toNanos())).isTrue();
  }
}
