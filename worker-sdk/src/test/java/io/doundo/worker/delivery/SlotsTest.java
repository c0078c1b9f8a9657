package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A semaphore whose waiters hold no thread. */
class SlotsTest {

  private final List<String> begun = new ArrayList<>();

  @Test
  void whoWaits_beginsWhenASlotIsGivenBack_inOrder() {
    Slots slots = new Slots(2);
    for (String name : List.of("a", "b", "c", "d")) {
      slots.take(() -> begun.add(name));
    }
    assertThat(begun).containsExactly("a", "b");
    slots.giveBack();
    assertThat(begun).containsExactly("a", "b", "c");
    slots.giveBack();
    slots.giveBack();
    slots.take(() -> begun.add("e"));
    assertThat(begun).containsExactly("a", "b", "c", "d", "e");
    slots.take(() -> begun.add("f"));
    assertThat(begun).doesNotContain("f");
  }

  /** When a partition is let go, all who wait give their slot back as soon as they have it. */
  @Test
  void manyThatGiveItBackAtOnce_neitherExhaustTheStackNorLoseASlot() {
    Slots slots = new Slots(1);
    slots.take(() -> begun.add("first"));
    for (int i = 0; i < 200_000; i++) {
      slots.take(slots::giveBack);
    }
    slots.giveBack();
    slots.take(() -> begun.add("last"));
    assertThat(begun).containsExactly("first", "last");
  }

  @Test
  void aTaskThatThrows_doesNotHoldUpThoseBehindIt() {
    Slots slots = new Slots(1);
    slots.take(() -> begun.add("first"));
    slots.take(
        () -> {
          throw new IllegalStateException("thrown on purpose");
        });
    slots.take(() -> begun.add("behind"));
    assertThatThrownBy(slots::giveBack).isInstanceOf(IllegalStateException.class);
    slots.giveBack();
    assertThat(begun).containsExactly("first", "behind");
  }
}
