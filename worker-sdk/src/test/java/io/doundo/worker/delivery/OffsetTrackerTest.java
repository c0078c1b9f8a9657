package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
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
  void aSettledFirstReleasesAllSettledOnesAfterIt() {
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
  void committedRecordsAreForgottenAndOthersKept() {
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

  @Test
  void aLongPartitionOfWhichEverythingIsSettledGoesOn() {
    long last = 100 + 3 * OffsetTracker.MOST_SETTLED;
    for (long offset = 100; offset < last; offset++) {
      offsets.delivered(offset);
      offsets.settled(offset);
    }
    offsets.committed(last);
    assertThat(offsets.committable()).isEqualTo(last);
    assertThat(offsets.span()).isZero();
    offsets.delivered(last);
    assertThat(offsets.committable()).isEqualTo(last);
    assertThat(offsets.span()).isOne();
    offsets.settled(last);
    assertThat(offsets.committable()).isEqualTo(last + 1);
  }

  /** Compares with a plain set over random sequences of commits, gaps and settled commands. */
  @Test
  void itAgreesWithTheSetOfOpenOffsets() {
    for (int seed = 1; seed <= 20; seed++) {
      agree(new Random(seed), new OffsetTracker(100));
    }
  }

  private static void agree(Random random, OffsetTracker tracker) {
    TreeSet<Long> open = new TreeSet<>();
    long next = 100;
    int patience = 1 + random.nextInt(2_000);
    for (int i = 0; i < 60_000; i++) {
      next += random.nextInt(100) == 0 ? random.nextInt(5_000) : 0;
      tracker.delivered(next);
      open.add(next++);
      while (open.size() > patience || (!open.isEmpty() && random.nextInt(3) == 0)) {
        Long settled = random.nextBoolean() ? open.pollFirst() : open.pollLast();
        if (settled != null) {
          tracker.settled(settled);
        }
      }
      if (random.nextInt(500) == 0) {
        open.forEach(tracker::settled);
        open.clear();
      }
      long committable = open.isEmpty() ? next : open.first();
      assertThat(tracker.committable()).isEqualTo(committable);
      assertThat(tracker.span()).isEqualTo(next - committable);
      if (random.nextInt(50) == 0) {
        tracker.committed(committable);
        assertThat(tracker.advanced()).isFalse();
      }
    }
  }
}
