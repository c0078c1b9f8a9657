package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InMemoryFenceTest extends FenceConformance {

  private final AtomicLong millis =
      new AtomicLong(Instant.parse("2026-11-21T10:00:00Z").toEpochMilli());
  private final InMemoryFence fence = new InMemoryFence(this::now, SETTINGS);

  @Override
  Fence fence() {
    return fence;
  }

  @Override
  void passes(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }

  @Override
  Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  @Override
  void loseEverything() {
    // Time passes first, or a new record would get the number of an old one.
    passes(Duration.ofMillis(1));
    fence.loseEverything();
  }

  @Override
  void restarted() {
    fence.restarted();
  }

  @Override
  Duration expiresIn(FenceKey which) {
    return fence.expiresIn(which);
  }

  @Test
  void whileUnavailable_everythingFails() {
    fence.available(false);
    assertThatThrownBy(() -> beginDo(claim(1)))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(FenceUnavailableException.class);
    assertThatThrownBy(() -> done(fence.check()))
        .hasCauseInstanceOf(FenceUnavailableException.class);
    fence.available(true);
    runs(beginDo(claim(1)));
  }
}
