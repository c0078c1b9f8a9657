package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Measurement;
import io.doundo.bench.stack.SteadyState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Build B beside build A in one mode, measured in pairs of neighbours. Only the ratio inside a pair
 * is compared: what the machine does meanwhile happens to both.
 *
 * @param baseline what A runs
 * @param scenario what B runs
 * @param warm how steady A and B were before the first pair
 */
public record BuildComparison(
    Mode mode,
    Scenario baseline,
    Scenario scenario,
    int flows,
    Warmth warm,
    List<ComparedPair> pairs) {

  /** All processes together, the driver left aside. */
  public static final String TOTAL = "all";

  /** Neighbours. */
  public record ComparedPair(Measurement a, Measurement b) {}

  /** How steady the builds were before the first pair. */
  public record Warmth(SteadyState a, SteadyState b) {
    public boolean isSteady() {
      return a.isSteady() && b.isSteady();
    }
  }

  /**
   * One figure of both builds.
   *
   * @param a the median of A
   * @param b the median of B
   * @param ratio of B to A, pair by pair
   */
  public record ComparedFigure(String figure, double a, double b, Spread ratio) {

    /**
     * The claim that the pairs allow: that B is within a part of A only if the whole interval of
     * the median is.
     *
     * @param within a part, such as 0.03
     * @param warm whether the builds were warm
     */
    public String claim(double within, boolean warm) {
      if (!warm) {
        return "not claimed: still warming up";
      }
      double least = ratio.from() - 1;
      double most = ratio.to() - 1;
      if (least >= -within && most <= within) {
        return "within " + percent(within) + " %";
      }
      if (least <= within && most >= -within) {
        return String.format(
            Locale.ROOT, "not claimed: between %+.1f and %+.1f %%", 100 * least, 100 * most);
      }
      double change = ratio.median() - 1;
      return String.format(
          Locale.ROOT, "%.1f %% %s", 100 * Math.abs(change), change > 0 ? "more" : "less");
    }

    /** {@code 3} or {@code 2.5}. */
    private static String percent(double part) {
      String text = String.format(Locale.ROOT, "%.1f", 100 * part);
      return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
  }

  public BuildComparison {
    pairs = List.copyOf(pairs);
  }

  /**
   * Flows a second, and of each process and of all the CPU, beside it the same without compilers,
   * and last the instructions.
   */
  public List<ComparedFigure> lines() {
    List<ComparedFigure> lines = new ArrayList<>();
    lines.add(line("flows/s", Measurement::flowsPerSecond));
    Set<String> roles = roles(Measurement::cpu);
    Set<String> split = roles(BuildComparison::withoutCompilers);
    for (String role : roles) {
      lines.add(of("CPU µs/flow, ", Measurement::cpu, role));
      if (split.contains(role)) {
        lines.add(of("without compilers, ", BuildComparison::withoutCompilers, role));
      }
    }
    addTotal(lines, "CPU µs/flow, ", Measurement::cpu);
    addTotal(lines, "without compilers, ", BuildComparison::withoutCompilers);
    for (String role : roles(Measurement::instructions)) {
      lines.add(of("thousand instructions/flow, ", Measurement::instructions, role));
    }
    addTotal(lines, "thousand instructions/flow, ", Measurement::instructions);
    return lines;
  }

  /**
   * The share that threads of a kind have in the CPU time of each process, and of all but the
   * driver: 0 to 1, the median of the pairs. Empty where CPU time is not split by threads.
   *
   * @param side which build of a pair
   */
  public Map<String, Double> shares(
      Function<ComparedPair, Measurement> side, ToDoubleFunction<CpuParts> part) {
    Map<String, List<Double>> shares = new LinkedHashMap<>();
    for (ComparedPair pair : pairs) {
      double ofAll = 0;
      double all = 0;
      for (Map.Entry<String, CpuParts> process : side.apply(pair).parts().entrySet()) {
        CpuParts parts = process.getValue();
        addShare(shares, process.getKey(), part.applyAsDouble(parts), parts.all());
        if (!process.getKey().equals(CpuClock.DRIVER)) {
          ofAll += part.applyAsDouble(parts);
          all += parts.all();
        }
      }
      addShare(shares, TOTAL, ofAll, all);
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    shares.forEach((role, values) -> medians.put(role, Spread.of(values).median()));
    return medians;
  }

  private static void addShare(
      Map<String, List<Double>> shares, String role, double part, double all) {
    if (all > 0) {
      shares.computeIfAbsent(role, added -> new ArrayList<>()).add(part / all);
    }
  }

  private Set<String> roles(Function<Measurement, Map<String, Double>> figures) {
    Set<String> roles = new LinkedHashSet<>();
    for (ComparedPair pair : pairs) {
      roles.addAll(figures.apply(pair.a()).keySet());
      roles.retainAll(figures.apply(pair.b()).keySet());
    }
    return roles;
  }

  private ComparedFigure of(
      String title, Function<Measurement, Map<String, Double>> figures, String role) {
    return line(title + role, measured -> of(figures.apply(measured), role));
  }

  private void addTotal(
      List<ComparedFigure> lines,
      String title,
      Function<Measurement, Map<String, Double>> figures) {
    if (!roles(figures).isEmpty()) {
      lines.add(line(title + TOTAL, measured -> CpuClock.ofProduct(figures.apply(measured))));
    }
  }

  private static double of(Map<String, Double> figures, String role) {
    Double figure = figures.get(role);
    if (figure == null) {
      throw new IllegalStateException("no figure of " + role + " in " + figures);
    }
    return figure;
  }

  private static Map<String, Double> withoutCompilers(Measurement measured) {
    Map<String, Double> rest = new LinkedHashMap<>();
    measured.parts().forEach((role, parts) -> rest.put(role, parts.withoutCompilers()));
    return rest;
  }

  private ComparedFigure line(String figure, Function<Measurement, Double> value) {
    return new ComparedFigure(
        figure,
        Spread.of(pairs.stream().map(pair -> value.apply(pair.a())).toList()).median(),
        Spread.of(pairs.stream().map(pair -> value.apply(pair.b())).toList()).median(),
        Spread.of(
            pairs.stream().map(pair -> value.apply(pair.b()) / value.apply(pair.a())).toList()));
  }
}
