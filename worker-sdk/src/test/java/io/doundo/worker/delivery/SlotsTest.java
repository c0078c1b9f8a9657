package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A semaphore whose waiters hold no thread. */
class SlotsTest {

  private final List<String> begun = new ArrayList<>();
  private final Map<String, Slots.Slot> taken = new HashMap<>();

  private void take(Slots slots, String name) {
    slots.take(
        slot -> {
          begun.add(name);
          taken.put(name, slot);
        });
  }

  private void giveBack(String name) {
    Objects.requireNonNull(taken.get(name)).giveBack();
  }

  @Test
  void whoWaits_beginsWhenASlotIsGivenBack_inOrder() {
    Slots slots = new Slots(2);
    for (String name : List.of("a", "b", "c", "d")) {
      take(slots, name);
    }
    assertThat(begun).containsExactly("a", "b");
    giveBack("a");
    assertThat(begun).containsExactly("a", "b", "c");
    giveBack("b");
    giveBack("c");
    take(slots, "e");
    assertThat(begun).containsExactly("a", "b", "c", "d", "e");
    take(slots, "f");
    assertThat(begun).doesNotContain("f");
  }

  @Test
  void aSlotThatIsGivenBackTwice_isOneSlot() {
    Slots slots = new Slots(1);
    take(slots, "a");
    giveBack("a");
    giveBack("a");
    take(slots, "b");
    take(slots, "c");
    assertThat(begun).containsExactly("a", "b");
  }

  /** When a partition is let go, all who wait give their slot back as soon as they have it. */
  @Test
  void manyThatGiveItBackAtOnce_neitherExhaustTheStackNorLoseASlot() {
    Slots slots = new Slots(1);
    take(slots, "first");
    for (int i = 0; i < 200_000; i++) {
      slots.take(Slots.Slot::giveBack);
    }
    giveBack("first");
    take(slots, "last");
    assertThat(begun).containsExactly("first", "last");
  }

  @Test
  void aTaskThatThrows_hasGivenItsSlotBack() {
    Slots slots = new Slots(1);
    take(slots, "first");
    slots.take(
        slot -> {
          throw new IllegalStateException("thrown on purpose");
        });
    take(slots, "behind");
    giveBack("first");
    assertThat(begun).containsExactly("first", "behind");
    giveBack("behind");
    slots.take(
        slot -> {
          throw new IllegalStateException("thrown on purpose, and not while it waited");
        });
    take(slots, "last");
    assertThat(begun).containsExactly("first", "behind", "last");
  }
}
