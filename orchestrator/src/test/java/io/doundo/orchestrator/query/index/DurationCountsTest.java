package io.doundo.orchestrator.query.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DurationCountsTest {

  @Test
  void percentilesAreExactToASixteenth() {
    Random random = new Random(5);
    DurationCounts counts = new DurationCounts();
    long[] all = new long[10_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextLong(1L << (1 + i % 40));
      counts.add(all[i]);
    }
    Arrays.sort(all);
    for (int percent : new int[] {1, 50, 95, 99, 100}) {
      long exact = all[all.length * percent / 100 - 1];
      assertThat(counts.percentile(percent)).isBetween(exact, exact + exact / 16 + 1);
    }
  }

  @Test
  void theEndsOfTheScaleHaveAPlace() {
    DurationCounts counts = new DurationCounts();
    assertThat(counts.percentile(50)).isNull();
    counts.add(-5);
    assertThat(counts.percentile(50)).isZero();
    counts.add(Long.MAX_VALUE);
    assertThat(counts.percentile(100)).isEqualTo(Long.MAX_VALUE);
    DurationCounts other = new DurationCounts();
    other.add(15);
    other.add(16);
    other.add(16);
    other.addAll(counts);
    assertThat(other.percentile(50)).isEqualTo(16);
  }
}
