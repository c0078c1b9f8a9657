package io.doundo.orchestrator.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import org.junit.jupiter.api.Test;

class TaggedStateTest {

  private static final BreakerState BANK = BreakerState.unknown("bank");
  private static final ScheduleState NIGHTLY =
      ScheduleState.unknown(new ScheduleName("report", "nightly"));

  @Test
  void aStateIsReadAsItWasWritten() {
    byte[] bank = TaggedState.BREAKER.encode(BANK);
    byte[] nightly = TaggedState.SCHEDULE.encode(NIGHTLY);

    assertThat(TaggedState.BREAKER.decode(bank)).isEqualTo(BANK);
    assertThat(TaggedState.SCHEDULE.decode(nightly)).isEqualTo(NIGHTLY);
    assertThat(bank[0]).isEqualTo((byte) 'B');
    assertThat(nightly[0]).isEqualTo((byte) 'S');
  }

  @Test
  void theStateOfSomethingElseIsUnreadable() {
    byte[] bank = TaggedState.BREAKER.encode(BANK);

    assertThatThrownBy(() -> TaggedState.SCHEDULE.decode(bank))
        .isInstanceOf(UnreadableValueException.class)
        .hasMessage("the value is not a schedule");
    assertThatThrownBy(() -> TaggedState.BREAKER.decode(new byte[0]))
        .isInstanceOf(UnreadableValueException.class);
    assertThatThrownBy(() -> TaggedState.BREAKER.decode("B{\"schema\":1}".getBytes(UTF_8)))
        .isInstanceOf(UnreadableValueException.class);
  }

  @Test
  void aStateOfALaterReleaseIsToldApartFromADamagedOne() {
    assertThatThrownBy(() -> TaggedState.SCHEDULE.decode("S{\"schema\":2}".getBytes(UTF_8)))
        .isInstanceOf(NewerSchemaException.class)
        .hasMessageContaining("a schedule");
  }
}
