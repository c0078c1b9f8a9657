package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

  private final OffsetTracker offsets = new OffsetTracker(100);

  @Test
  void nothingIsCommittedBeforeTheFirstIsSettled() {
    offsets.delivered(100);
    offsets.delivered(101);
    offsets.settled(101);

    assertThat(offsets.advanced()).isFalse();
    assertThat(offsets.committable()).isEqualTo(100);
    assertThat(offsets.span()).isEqualTo(2);
  }

  @Test
  void aSettledFirstTakesAllSettledOnesAfterItAlong() {
    for (long offset = 100; offset < 105; offset++) {
      offsets.delivered(offset);
    }
    offsets.settled(102);
    offsets.settled(101);
    offsets.settled(100);

    assertThat(offsets.committable()).isEqualTo(103);
    offsets.committed(103);
    assertThat(offsets.advanced()).isFalse();
  }

  @Test
  void offsetsThatTheLogSkipsHoldUpNothing() {
    offsets.delivered(100);
    offsets.delivered(107);
    offsets.settled(100);
    assertThat(offsets.committable()).isEqualTo(107);
    offsets.settled(107);
    assertThat(offsets.committable()).isEqualTo(108);
  }

  @Test
  void whatIsCommittedIsForgottenAndTheRestIsNot() {
    for (long offset = 100; offset < 50_100; offset++) {
      offsets.delivered(offset);
    }
    for (long offset = 100; offset < 30_000; offset++) {
      offsets.settled(offset);
    }
    offsets.committed(offsets.committable());
    offsets.settled(30_001);
    assertThat(offsets.committable()).isEqualTo(30_000);
    offsets.settled(30_000);
    assertThat(offsets.committable()).isEqualTo(30_002);
    assertThat(offsets.span()).isEqualTo(50_100 - 30_002);
  }
}
