package io.doundo.orchestrator.core.state.parts;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A set of small numbers, kept as ranges: ten thousand parts that ended in order take as much room
 * as one. Immutable.
 */
public final class Ranges {

  /** No number. */
  public static final Ranges NONE = new Ranges(new int[0]);

  private static final int PAIR = 2;

  /** Of each range its first number and the one after its last, ascending. */
  private final int[] bounds;

  private Ranges(int[] bounds) {
    this.bounds = bounds;
  }

  /** The numbers from the first up to, but without, the end. */
  public static Ranges of(int first, int end) {
    return first >= end ? NONE : new Ranges(new int[] {first, end});
  }

  /**
   * The ranges with these bounds, as {@link #bounds()} gives them.
   *
   * @throws IllegalArgumentException when they do not ascend
   */
  public static Ranges ofBounds(int[] bounds) {
    boolean ascends = bounds.length % PAIR == 0 && (bounds.length == 0 || bounds[0] >= 0);
    for (int i = 1; i < bounds.length; i++) {
      ascends &= bounds[i] > bounds[i - 1];
    }
    if (!ascends) {
      throw new IllegalArgumentException("bounds that do not ascend: " + Arrays.toString(bounds));
    }
    return bounds.length == 0 ? NONE : new Ranges(bounds.clone());
  }

  /** Of each range its first number and the one after its last, ascending. */
  public int[] bounds() {
    return bounds.clone();
  }

  public boolean isEmpty() {
    return bounds.length == 0;
  }

  public int size() {
    int size = 0;
    for (int i = 0; i < bounds.length; i += PAIR) {
      size += bounds[i + 1] - bounds[i];
    }
    return size;
  }

  public boolean contains(int number) {
    int at = Arrays.binarySearch(bounds, number);
    // Found at an even place, it begins a range; not found, an odd place is inside of one.
    return at >= 0 ? at % PAIR == 0 : -(at + 1) % PAIR == 1;
  }

  /**
   * The smallest number.
   *
   * @throws IllegalStateException when there is none
   */
  public int first() {
    requireSome();
    return bounds[0];
  }

  /**
   * The largest number.
   *
   * @throws IllegalStateException when there is none
   */
  public int last() {
    requireSome();
    return bounds[bounds.length - 1] - 1;
  }

  private void requireSome() {
    if (isEmpty()) {
      throw new IllegalStateException("there is no number");
    }
  }

  /** These numbers and one more. */
  public Ranges with(int number) {
    return contains(number) ? this : toggled(number);
  }

  /** These numbers without that one. */
  public Ranges without(int number) {
    return contains(number) ? toggled(number) : this;
  }

  /** These numbers and the others. */
  public Ranges or(Ranges others) {
    Ranges all = this;
    for (int number : others.numbers().toArray()) {
      all = all.with(number);
    }
    return all;
  }

  /** The numbers, ascending. */
  public IntStream numbers() {
    return IntStream.range(0, bounds.length / PAIR)
        .flatMap(range -> IntStream.range(bounds[PAIR * range], bounds[PAIR * range + 1]));
  }

  /** Adds the number if it is not there, and takes it away if it is. */
  private Ranges toggled(int number) {
    int found = Arrays.binarySearch(bounds, number);
    // A bound that stands there already ends one range where the next one begins.
    boolean hasFirst = found >= 0;
    int at = hasFirst ? found : -(found + 1);
    int behind = hasFirst ? at + 1 : at;
    boolean hasLast = behind < bounds.length && bounds[behind] == number + 1;
    behind += hasLast ? 1 : 0;
    int between = (hasFirst ? 0 : 1) + (hasLast ? 0 : 1);
    int length = at + between + bounds.length - behind;
    if (length == 0) {
      return NONE;
    }
    int[] toggled = new int[length];
    System.arraycopy(bounds, 0, toggled, 0, at);
    if (!hasFirst) {
      toggled[at] = number;
    }
    if (!hasLast) {
      toggled[at + between - 1] = number + 1;
    }
    System.arraycopy(bounds, behind, toggled, at + between, bounds.length - behind);
    return new Ranges(toggled);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ranges ranges && Arrays.equals(bounds, ranges.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < bounds.length; i += PAIR) {
      text.append(i == 0 ? "" : ", ").append(bounds[i]);
      if (bounds[i + 1] - bounds[i] > 1) {
        text.append('-').append(bounds[i + 1] - 1);
      }
    }
    return text.append('}').toString();
  }
}
