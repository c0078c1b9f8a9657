package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.RepetitionGroups.Repetition;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Figure;
import io.doundo.bench.stack.BenchSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The throughput of a product mode in a scenario, and of the limit just before it, per repetition.
 */
public record Throughput(Mode mode, Scenario scenario, int flows, List<ThroughputPair> pairs) {

  /**
   * One measurement.
   *
   * @param cpuParts the CPU time by what threads are for, µs a flow; empty where there is no {@code
   *     /proc}
   * @param figures by which batches can be told from the machine
   * @param ratesOfParts flows a second while each fifth of the flows ended
   */
  public record ThroughputSample(
      double flowsPerSecond,
      Map<String, Double> cpuMicrosPerFlow,
      Map<String, CpuParts> cpuParts,
      List<Figure> figures,
      List<Double> ratesOfParts) {}

  /** A measurement of the limit and its neighbour of the product. */
  public record ThroughputPair(ThroughputSample limit, ThroughputSample product) {
    double ratio() {
      return product.flowsPerSecond() / limit.flowsPerSecond();
    }
  }

  public Throughput {
    pairs = List.copyOf(pairs);
  }

  /** Measures a scenario; the sequential one is warm already. */
  static Throughput measure(
      SystemUnderTest limit,
      SystemUnderTest product,
      Scenario scenario,
      BenchSettings settings,
      Consumer<String> log)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = settings.flows(scenario);
    if (scenario != Scenario.SEQUENTIAL) {
      limit.flowsPerSecond(scenario, Math.max(1, flows / 4));
      product.flowsPerSecond(scenario, Math.max(1, flows / 4));
    }
    List<ThroughputPair> pairs = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      ThroughputPair pair =
          new ThroughputPair(
              limit.throughput(scenario, flows), product.throughput(scenario, flows));
      pairs.add(pair);
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, %s: %,.0f flows/s, %.2f of the limit's %,.0f",
              product.mode(),
              scenario,
              pair.product().flowsPerSecond(),
              pair.ratio(),
              pair.limit().flowsPerSecond()));
    }
    return new Throughput(product.mode(), scenario, flows, pairs);
  }

  public Spread limit() {
    return spread(pair -> pair.limit().flowsPerSecond());
  }

  public Spread product() {
    return spread(pair -> pair.product().flowsPerSecond());
  }

  public Spread ratio() {
    return spread(ThroughputPair::ratio);
  }

  /** Medians of each process of the product. */
  public Map<String, Double> productCpu() {
    return medians(pairs.stream().map(pair -> pair.product().cpuMicrosPerFlow()).toList());
  }

  /** Medians of each process of the limit. */
  public Map<String, Double> limitCpu() {
    return medians(pairs.stream().map(pair -> pair.limit().cpuMicrosPerFlow()).toList());
  }

  /** Medians of the parts of each process of the product; empty where there is no {@code /proc}. */
  public Map<String, CpuParts> productParts() {
    return medianParts(pairs.stream().map(ThroughputPair::product).toList());
  }

  /** The same of the limit. */
  public Map<String, CpuParts> limitParts() {
    return medianParts(pairs.stream().map(ThroughputPair::limit).toList());
  }

  /** Whether the repetitions of the product fall into groups, and what differs between them. */
  public RepetitionGroups groups() {
    return RepetitionGroups.of(
        pairs.stream()
            .map(pair -> new Repetition(pair.product().flowsPerSecond(), figuresBesideLimit(pair)))
            .toList());
  }

  /** A limit that is slower with the product speaks for the machine. */
  private static List<Figure> figuresBesideLimit(ThroughputPair pair) {
    List<Figure> figures = new ArrayList<>(pair.product().figures());
    figures.add(
        new Figure(
            Figure.Kind.MACHINE, "limit just before: flows/s", pair.limit().flowsPerSecond()));
    figures.add(
        new Figure(
            Figure.Kind.MACHINE,
            "limit just before: CPU µs a flow",
            CpuClock.ofProduct(pair.limit().cpuMicrosPerFlow())));
    return figures;
  }

  private Spread spread(ToDoubleFunction<ThroughputPair> figure) {
    return Spread.of(pairs.stream().mapToDouble(figure).boxed().toList());
  }

  private static Map<String, CpuParts> medianParts(List<ThroughputSample> samples) {
    Map<String, CpuParts> medians = new LinkedHashMap<>();
    for (String role : samples.get(0).cpuParts().keySet()) {
      List<CpuParts> all =
          samples.stream()
              .map(sample -> sample.cpuParts().get(role))
              .filter(Objects::nonNull)
              .toList();
      medians.put(
          role,
          new CpuParts(
              median(all, CpuParts::compilers),
              median(all, CpuParts::collector),
              median(all, CpuParts::rest),
              median(all, CpuParts::ended)));
    }
    return medians;
  }

  private static double median(List<CpuParts> parts, ToDoubleFunction<CpuParts> part) {
    return Spread.of(parts.stream().mapToDouble(part).boxed().toList()).median();
  }

  /** The median of each role; at least one measurement. */
  static Map<String, Double> medians(List<Map<String, Double>> figures) {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (String role : figures.get(0).keySet()) {
      medians.put(
          role,
          Spread.of(figures.stream().map(figure -> figure.getOrDefault(role, 0.0)).toList())
              .median());
    }
    return medians;
  }
}
