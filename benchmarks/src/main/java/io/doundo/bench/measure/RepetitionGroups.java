package io.doundo.bench.measure;

import io.doundo.bench.process.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether repetitions fall into two groups by their throughput, and which figures differ between
 * the groups. The groups are the slower and the faster repetitions on either side of the largest
 * gap; gaps and ranges are ratios of throughput. Pure arithmetic.
 *
 * @param gap the slowest repetition of the faster group, divided by the fastest one of the slower
 *     group; 1 when there is one repetition
 * @param slower places of the slower repetitions, from 0, in the order in which they were run
 * @param faster the same of the faster ones
 * @param apart whether these are two groups: the gap is at least {@link #LEAST_GAP} and wider than
 *     either group
 * @param differences the figures that tell the groups apart, if they are two; kinds in their order,
 *     and within a kind the largest difference first
 */
public record RepetitionGroups(
    double gap,
    List<Integer> slower,
    List<Integer> faster,
    boolean apart,
    List<FigureDifference> differences) {

  /** Windows of one build on one machine differ by 15 % and more without any group. */
  public static final double LEAST_GAP = 1.25;

  /** With fewer repetitions a wide gap may be chance: of three, one pair is always closer. */
  public static final int ENOUGH = 6;

  /** A figure is reported if the medians differ by at least this share of the larger one. */
  private static final double LEAST_DIFFERENCE = 0.1;

  /** One repetition. */
  public record Repetition(double flowsPerSecond, List<Figure> figures) {
    public Repetition {
      figures = List.copyOf(figures);
    }
  }

  /**
   * A figure whose values in one group are all below those in the other.
   *
   * @param slower its median in the slower group
   * @param faster its median in the faster group
   */
  public record FigureDifference(Figure.Kind kind, String name, double slower, double faster) {

    /** By how much the medians differ, as a part of the larger one: 0 to 1. */
    public double part() {
      double larger = Math.max(Math.abs(slower), Math.abs(faster));
      return larger == 0 ? 0 : Math.min(1, Math.abs(slower - faster) / larger);
    }
  }

  public RepetitionGroups {
    slower = List.copyOf(slower);
    faster = List.copyOf(faster);
    differences = List.copyOf(differences);
  }

  /**
   * Looks for groups.
   *
   * @param repetitions at least one, in the order in which they were run
   */
  public static RepetitionGroups of(List<Repetition> repetitions) {
    List<Integer> places =
        IntStream.range(0, repetitions.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> repetitions.get(i).flowsPerSecond()))
            .toList();
    int split = 0;
    double gap = 1;
    for (int i = 1; i < places.size(); i++) {
      double ratio = ratio(repetitions, places, i - 1, i);
      if (ratio > gap) {
        gap = ratio;
        split = i;
      }
    }
    List<Integer> slower = places.subList(0, split);
    List<Integer> faster = places.subList(split, places.size());
    boolean apart =
        places.size() > 2
            && gap >= LEAST_GAP
            && gap > ratio(repetitions, slower, 0, slower.size() - 1)
            && gap > ratio(repetitions, faster, 0, faster.size() - 1);
    return new RepetitionGroups(
        gap,
        slower.stream().sorted().toList(),
        faster.stream().sorted().toList(),
        apart,
        apart ? differences(repetitions, slower, faster) : List.of());
  }

  /** Whether there are enough repetitions to believe in groups. */
  public boolean areEnough() {
    return slower.size() + faster.size() >= ENOUGH;
  }

  private static double ratio(List<Repetition> all, List<Integer> places, int from, int to) {
    return all.get(places.get(to)).flowsPerSecond() / all.get(places.get(from)).flowsPerSecond();
  }

  private static List<FigureDifference> differences(
      List<Repetition> repetitions, List<Integer> slower, List<Integer> faster) {
    Map<String, List<Figure>> ofSlower = byName(repetitions, slower);
    Map<String, List<Figure>> ofFaster = byName(repetitions, faster);
    List<FigureDifference> differences = new ArrayList<>();
    ofSlower.forEach(
        (name, slow) -> {
          List<Figure> fast = ofFaster.getOrDefault(name, List.of());
          if (slow.size() == slower.size() && fast.size() == faster.size()) {
            difference(name, slow, fast).ifPresent(differences::add);
          }
        });
    differences.sort(
        Comparator.comparing(FigureDifference::kind)
            .thenComparing(Comparator.comparingDouble(FigureDifference::part).reversed()));
    return differences;
  }

  private static Map<String, List<Figure>> byName(List<Repetition> all, List<Integer> places) {
    Map<String, List<Figure>> figures = new LinkedHashMap<>();
    places.stream()
        .flatMap(place -> all.get(place).figures().stream())
        .forEach(
            figure ->
                figures.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(figure));
    return figures;
  }

  private static Optional<FigureDifference> difference(
      String name, List<Figure> slower, List<Figure> faster) {
    Spread slow = spread(slower);
    Spread fast = spread(faster);
    FigureDifference difference =
        new FigureDifference(slower.get(0).kind(), name, slow.median(), fast.median());
    boolean isApart = slow.most() < fast.least() || fast.most() < slow.least();
    return Optional.of(difference).filter(found -> isApart && found.part() >= LEAST_DIFFERENCE);
  }

  private static Spread spread(List<Figure> figures) {
    return Spread.of(figures.stream().map(Figure::value).toList());
  }
}
