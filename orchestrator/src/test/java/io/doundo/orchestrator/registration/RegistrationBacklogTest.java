package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.registration.RegistrationBacklog.BacklogFront;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RegistrationBacklogTest {

  private static final Instant START = Instant.EPOCH;

  private final BacklogFront front = new BacklogFront(Duration.ofSeconds(30));

  @Test
  void aNewRecordIsNotBlockedHoweverLongTheBacklogWasEmpty() {
    assertThat(stands(12, 12, 0)).isFalse();
    assertThat(stands(12, 13, 3_600)).isFalse();
    assertThat(stands(12, 13, 3_629)).isFalse();
    assertThat(stands(12, 13, 3_630)).isTrue();
  }

  @Test
  void aMovingBacklogIsNotBlockedHoweverLongItIs() {
    assertThat(stands(12, 100, 0)).isFalse();
    assertThat(stands(13, 101, 29)).isFalse();
    assertThat(stands(14, 102, 58)).isFalse();
    assertThat(stands(14, 103, 88)).isTrue();
    assertThat(stands(15, 103, 89)).isFalse();
  }

  @Test
  void theEndOfATransactionIsNoRecord() {
    assertThat(stands(12, 13, 0)).isFalse();
    assertThat(stands(12, 13, 30)).isTrue();
    front.isEmptyUntil(13);
    assertThat(stands(12, 13, 60)).isFalse();
    assertThat(stands(12, 14, 61)).isFalse();
    assertThat(stands(12, 14, 91)).isTrue();
  }

  private boolean stands(long position, long end, long seconds) {
    return front.stands(position, end, START.plusSeconds(seconds));
  }
}
