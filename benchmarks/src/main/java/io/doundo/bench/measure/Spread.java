package io.doundo.bench.measure;

import java.util.List;

/**
 * The median of repetitions, and how sure it is.
 *
 * @param least of the repetitions
 * @param most of the repetitions
 * @param from the lower end of the interval that holds the true median with a confidence of 95 %,
 *     by order statistics, so nothing is assumed of how the values are distributed; {@code least}
 *     below six values, which are too few for that confidence
 * @param to the upper end of it
 */
public record Spread(double median, double least, double most, double from, double to) {

  private static final double CONFIDENCE = 0.95;

  /**
   * @param values at least one
   */
  static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    int left = leftOut(size);
    return new Spread(
        median, sorted.get(0), sorted.get(size - 1), sorted.get(left), sorted.get(size - 1 - left));
  }

  /**
   * How many values may be left out at each end. The true median is below the value at place k
   * (from 0) if at most k of the values are below it, each of which is with a chance of one half.
   */
  private static int leftOut(int size) {
    double atMost = 0;
    double exactly = Math.pow(0.5, size);
    int left = 0;
    for (int k = 0; k < size / 2; k++) {
      atMost += exactly;
      if (atMost > (1 - CONFIDENCE) / 2) {
        break;
      }
      left = k;
      exactly = exactly * (size - k) / (k + 1);
    }
    return left;
  }
}
