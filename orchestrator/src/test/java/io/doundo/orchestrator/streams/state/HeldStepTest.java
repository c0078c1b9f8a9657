package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A held step is read as it was stored, also one that was stored in the earlier, shorter form. */
class HeldStepTest {

  @Test
  void aValueIsReadAsItWas() {
    HeldStep.Value value = new HeldStep.Value(2_000, true, 1_000);

    assertThat(HeldStep.Value.decode(value.encode())).isEqualTo(value);
  }

  @Test
  void aValueThatDoesNotSayWhenItMayHaveBeenSeenHasTheTimeAtWhichItWasHeld() {
    byte[] stored =
        ByteBuffer.allocate(1 + Long.BYTES + 1)
            .put(FlowValue.HELD_STEP)
            .putLong(2_000)
            .put((byte) 1)
            .array();

    assertThat(HeldStep.Value.decode(stored)).isEqualTo(new HeldStep.Value(2_000, true, 2_000));
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

  @Test
  void theRowOfAReleasedStepIsNoneOfAHeldOne() {
    assertThat(HeldStep.releasedKey("a/b", "charge")).isGreaterThan(HeldStep.END);
    assertThat(HeldStep.releasedKey("a", "b")).isNotEqualTo(HeldStep.releasedKey("b", "a"));
  }
}
