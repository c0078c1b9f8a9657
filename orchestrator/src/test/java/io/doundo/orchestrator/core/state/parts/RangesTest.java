package io.doundo.orchestrator.core.state.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sets of numbers kept as ranges. */
class RangesTest {

  @Test
  void theySayWhatASetSays() {
    Random dice = new Random(7);
    TreeSet<Integer> expected = new TreeSet<>();
    Ranges ranges = Ranges.NONE;
    for (int i = 0; i < 5_000; i++) {
      int number = dice.nextInt(40);
      boolean adds = dice.nextBoolean();
      ranges = adds ? ranges.with(number) : ranges.without(number);
      if (adds) {
        expected.add(number);
      } else {
        expected.remove(number);
      }

      assertThat(ranges.numbers().boxed()).containsExactlyElementsOf(expected);
      assertThat(ranges.size()).isEqualTo(expected.size());
      assertThat(ranges.isEmpty()).isEqualTo(expected.isEmpty());
      assertThat(ranges.contains(number)).isEqualTo(adds);
      assertThat(Ranges.ofBounds(ranges.bounds())).isEqualTo(ranges);
      if (!expected.isEmpty()) {
        assertThat(ranges.first()).isEqualTo(expected.first());
        assertThat(ranges.last()).isEqualTo(expected.last());
      }
    }
  }

  @Test
  void numbersInOrderAreOneRange() {
    Ranges ranges = Ranges.NONE;
    for (int i = 0; i < 1_000; i++) {
      ranges = ranges.with(i);
    }

    assertThat(ranges).isEqualTo(Ranges.of(0, 1_000)).hasToString("{0-999}");
    assertThat(ranges.without(500)).hasToString("{0-499, 501-999}");
    assertThat(Ranges.of(0, 3).or(Ranges.of(5, 6))).hasToString("{0-2, 5}");
  }

  @Test
  void boundsThatDoNotAscendAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Ranges.ofBounds(new int[] {3, 3}));
    assertThatIllegalArgumentException().isThrownBy(() -> Ranges.ofBounds(new int[] {3}));
    assertThatIllegalArgumentException().isThrownBy(() -> Ranges.ofBounds(new int[] {-1, 3}));
  }
}
