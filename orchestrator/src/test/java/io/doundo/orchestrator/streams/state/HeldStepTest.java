package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A held step is read as it was stored. */
class HeldStepTest {

  @Test
  void aValueIsReadAsItWas() {
    HeldStep.Value value = new HeldStep.Value(2_000, true);

    assertThat(HeldStep.Value.decode(value.encode())).isEqualTo(value);
  }

  @Test
  void anotherLengthIsRefused() {
    assertThatThrownBy(() -> HeldStep.Value.decode(new byte[] {FlowValue.HELD_STEP, 0}))
        .isInstanceOf(UnreadableValueException.class);
  }

  @Test
  void aFlowIdMayHaveSlashesInItsKey() {
    HeldStep step = new HeldStep("bank", "a/b/c", "charge");

    assertThat(HeldStep.of(step.key())).isEqualTo(step);
  }
}
