package io.doundo.worker.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A semaphore whose waiters hold no thread. */
class AsyncSemaphoreTest {

  private final List<String> begun = new ArrayList<>();
  private final Map<String, AsyncSemaphore.Permit> taken = new HashMap<>();

  private void take(AsyncSemaphore slots, String name) {
    slots.acquire(
        slot -> {
          begun.add(name);
          taken.put(name, slot);
        });
  }

  private void release(String name) {
    Objects.requireNonNull(taken.get(name)).release();
  }

  @Test
  void whoWaits_beginsWhenASlotIsGivenBack_inOrder() {
    AsyncSemaphore slots = new AsyncSemaphore(2);
    for (String name : List.of("a", "b", "c", "d")) {
      take(slots, name);
    }
    assertThat(begun).containsExactly("a", "b");
    release("a");
    assertThat(begun).containsExactly("a", "b", "c");
    release("b");
    release("c");
    take(slots, "e");
    assertThat(begun).containsExactly("a", "b", "c", "d", "e");
    take(slots, "f");
    assertThat(begun).doesNotContain("f");
  }

  @Test
  void aSlotThatIsGivenBackTwice_isOneSlot() {
    AsyncSemaphore slots = new AsyncSemaphore(1);
    take(slots, "a");
    release("a");
    release("a");
    take(slots, "b");
    take(slots, "c");
    assertThat(begun).containsExactly("a", "b");
  }

  /** When a partition is revoked, all waiters return their slot as soon as they get it. */
  @Test
  void manyThatGiveItBackAtOnce_neitherExhaustTheStackNorLoseASlot() {
    AsyncSemaphore slots = new AsyncSemaphore(1);
    take(slots, "first");
    for (int i = 0; i < 200_000; i++) {
      slots.acquire(AsyncSemaphore.Permit::release);
    }
    release("first");
    take(slots, "last");
    assertThat(begun).containsExactly("first", "last");
  }

  @Test
  void aTaskThatThrows_hasGivenItsSlotBack() {
    AsyncSemaphore slots = new AsyncSemaphore(1);
    take(slots, "first");
    slots.acquire(
        slot -> {
          throw new IllegalStateException("thrown on purpose");
        });
    take(slots, "behind");
    release("first");
    assertThat(begun).containsExactly("first", "behind");
    release("behind");
    slots.acquire(
        slot -> {
          throw new IllegalStateException("thrown on purpose, and not while it waited");
        });
    take(slots, "last");
    assertThat(begun).containsExactly("first", "behind", "last");
  }
}
