package io.doundo.orchestrator.trigger.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From where on each trigger of a partition fires, as it is kept with the offset. */
class BeginningsTest {

  @Test
  void whatIsKeptIsReadBack() {
    Beginnings written = Beginnings.NONE.with("o/a", 5).with("o/b", 1_000);

    Beginnings read = Beginnings.of(written.metadata(10));

    assertThat(read.knows("o/a")).isTrue();
    assertThat(read.beginning("o/a")).as("it has begun long ago").isZero();
    assertThat(read.beginning("o/b")).isEqualTo(1_000);
    assertThat(read.knows("o/c")).isFalse();
  }

  @Test
  void anOffsetThatAnOperatorHasSetHoldsForEveryTrigger() {
    assertThat(Beginnings.of("").isForeign()).isTrue();
    assertThat(Beginnings.of(null).isForeign()).isTrue();

    Beginnings held = Beginnings.of(Beginnings.heldFor(List.of("o/a", "o/b")).metadata(70));
    assertThat(held.isForeign()).isFalse();
    assertThat(held.knows("o/b")).as("after it was committed too").isTrue();
    assertThat(held.beginning("o/b")).isZero();
    assertThat(held.knows("o/c")).isFalse();
  }

  @Test
  void aTriggerThatIsGoneBeginsAnew() {
    assertThat(Beginnings.NONE.with("o/a", 5).without("o/a").knows("o/a")).isFalse();
  }

  @Test
  void othersWaitWhileAPartitionIsReadAgain() {
    Beginnings again = Beginnings.NONE.with("o/a", 5).notBefore(70).with("o/b", 0);

    assertThat(again.beginning("o/a")).isEqualTo(70);
    assertThat(again.beginning("o/b")).isZero();
  }

  @Test
  void theMostTriggersFitIntoTheMetadataOfAnOffset() {
    Beginnings all = Beginnings.NONE;
    for (int i = 0; i < Beginnings.MOST; i++) {
      all = all.with("orchestration/" + i, 1L << 40);
    }

    String metadata = all.metadata(0);
    assertThat(metadata.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(4_096);
    assertThat(Beginnings.of(metadata)).isEqualTo(all);
  }
}
