package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class RegistrationBlockTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final String PLACE = "orchestrator.registration-0@12";

  @Test
  void aRecordThatFailsAgainKeepsItsBegin() {
    RegistrationBlock first =
        RegistrationBlock.after(null, PLACE, new TimeoutException("slow"), START);
    RegistrationBlock second =
        RegistrationBlock.after(first, PLACE, new TimeoutException("slower"), START.plusSeconds(9));

    assertThat(second.since()).isEqualTo(START);
    assertThat(second.failures()).isEqualTo(2);
    assertThat(second)
        .hasToString(
            "since 2026-01-01T00:00:00Z, record orchestrator.registration-0@12, 2 failures: slower");
  }

  @Test
  void anOutageInBetweenDoesNotForgetTheRecord() {
    RegistrationBlock block =
        RegistrationBlock.after(null, PLACE, new TimeoutException("slow"), START);
    RegistrationBlock outage =
        RegistrationBlock.after(block, null, new TimeoutException("gone"), START.plusSeconds(60));

    assertThat(outage.place()).isEqualTo(PLACE);
    assertThat(outage.since()).isEqualTo(START);
  }

  @Test
  void theTimeOfAnOutageDoesNotCountAgainstTheRecord() {
    RegistrationBlock block =
        RegistrationBlock.after(null, PLACE, new TimeoutException("slow"), START);
    RegistrationBlock outage =
        RegistrationBlock.after(block, null, new TimeoutException("gone"), START.plusSeconds(60));
    Instant later = START.plusSeconds(600);
    RegistrationBlock again =
        RegistrationBlock.after(outage, PLACE, new TimeoutException("slow"), later);

    assertThat(again.isOver(later, FIVE_MINUTES)).isFalse();
    assertThat(again.since()).isEqualTo(later);
  }

  @Test
  void anotherRecordBeginsAnew() {
    RegistrationBlock block =
        RegistrationBlock.after(null, PLACE, new TimeoutException("slow"), START);
    Instant later = START.plusSeconds(400);
    RegistrationBlock other =
        RegistrationBlock.after(
            block, "orchestrator.registration-0@13", new TimeoutException("slow"), later);

    assertThat(block.isOver(later, FIVE_MINUTES)).isTrue();
    assertThat(other.isOver(later, FIVE_MINUTES)).isFalse();
    assertThat(other.since()).isEqualTo(later);
  }

  @Test
  void anOutageIsNoRecordsFaultAndIsNeverOver() {
    RegistrationBlock outage =
        RegistrationBlock.after(null, null, new TimeoutException("gone"), START);

    assertThat(outage.isOver(START.plus(Duration.ofDays(1)), FIVE_MINUTES)).isFalse();
  }

  @Test
  void pausesDoubleUpToABound() {
    List<Long> pauses = new ArrayList<>();
    RegistrationBlock block = null;
    for (int i = 0; i < 8; i++) {
      block = RegistrationBlock.after(block, PLACE, new TimeoutException("slow"), START);
      pauses.add(block.pause().toMillis());
    }
    assertThat(pauses)
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L, 15_000L);
    assertThat(new RegistrationBlock(PLACE, "x", START, Integer.MAX_VALUE, false).pause())
        .hasSeconds(15);
  }

  @Test
  void aCauseCannotForgeALine() {
    RegistrationBlock block =
        RegistrationBlock.after(null, PLACE, new IllegalStateException("a\nb"), START);

    assertThat(block.cause()).isEqualTo("a\\nb");
    assertThat(RegistrationBlock.after(null, PLACE, new IllegalStateException(), START).cause())
        .isEqualTo("IllegalStateException");
  }
}
