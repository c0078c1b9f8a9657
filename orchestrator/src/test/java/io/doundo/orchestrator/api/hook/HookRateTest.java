package io.doundo.orchestrator.api.hook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many requests a webhook accepts. */
class HookRateTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void soManyInASecondAndOthersAreNotAffected() {
    HookRate rate = new HookRate(2);

    assertThat(rate.accepts("a", 0)).isTrue();
    assertThat(rate.accepts("a", 0)).isTrue();
    assertThat(rate.accepts("a", 0)).isFalse();
    assertThat(rate.accepts("b", 0)).isTrue();
    assertThat(rate.accepts("a", SECOND / 2)).as("half a second is good for one").isTrue();
    assertThat(rate.accepts("a", SECOND / 2)).isFalse();
    assertThat(rate.accepts("a", 100 * SECOND)).isTrue();
    assertThat(rate.accepts("a", 100 * SECOND)).isTrue();
    assertThat(rate.accepts("a", 100 * SECOND)).as("a pause is good for one second").isFalse();
  }
}
