package io.doundo.bench.report;

import io.doundo.bench.measure.BuildComparison;
import io.doundo.bench.measure.BuildComparison.ComparedPair;
import io.doundo.bench.process.CpuParts;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Comparisons of two builds, as text and as JSON.
 *
 * @param within the part by which a figure may differ and still be called the same
 * @param obstacle why instructions are not counted
 */
public record ComparisonReport(
    String machine,
    String a,
    String b,
    double within,
    Optional<String> obstacle,
    List<BuildComparison> comparisons) {

  public ComparisonReport {
    comparisons = List.copyOf(comparisons);
  }

  /** Whether every build was warm before it was measured. */
  public boolean isWarm() {
    return comparisons.stream().allMatch(comparison -> comparison.warm().isSteady());
  }

  public List<String> lines() {
    Terminal terminal = Terminal.ofThisProcess();
    List<String> lines = new ArrayList<>();
    lines.add(machine);
    lines.add("A is %s; B is %s; each ratio is the median of B/A in the pairs.".formatted(a, b));
    obstacle.ifPresent(reason -> lines.add("Instructions are not counted: " + reason));
    for (BuildComparison comparison : comparisons) {
      lines.add("");
      lines.add(
          String.format(
              Locale.ROOT,
              "%s, %s: %d pairs of %,d flows",
              comparison.mode(),
              scenarios(comparison),
              comparison.pairs().size(),
              comparison.flows()));
      Table table = new Table("FIGURE", "A", "B", "B/A", "95 % INTERVAL", "B IS");
      for (BuildComparison.ComparedFigure line : comparison.lines()) {
        table.row(
            line.figure(),
            text("%,.1f", line.a()),
            text("%,.1f", line.b()),
            text("%.3f", line.ratio().median()),
            text("%.3f–%.3f", line.ratio().from(), line.ratio().to()),
            line.claim(within, comparison.warm().isSteady()));
      }
      lines.addAll(table.lines(terminal, ""));
      lines.addAll(shares(comparison));
      if (!comparison.warm().isSteady()) {
        lines.add("A was " + comparison.warm().a() + ".");
        lines.add("B was " + comparison.warm().b() + ".");
      }
    }
    return lines;
  }

  public ObjectNode json() {
    ObjectNode report = Json.MAPPER.createObjectNode();
    report.put("machine", machine).put("a", a).put("b", b).put("within", within);
    obstacle.ifPresent(reason -> report.put("instructions", reason));
    ArrayNode all = report.putArray("comparisons");
    for (BuildComparison comparison : comparisons) {
      boolean warm = comparison.warm().isSteady();
      ObjectNode node = all.addObject();
      node.put("mode", comparison.mode().toString())
          .put("baseline", comparison.baseline().toString())
          .put("scenario", comparison.scenario().toString())
          .put("flows", comparison.flows())
          .put("pairs", comparison.pairs().size())
          .put("warm", warm);
      putShares(node.putObject("compilersShare"), comparison, CpuParts::compilers);
      putShares(node.putObject("collectorsShare"), comparison, CpuParts::collector);
      ArrayNode figures = node.putArray("figures");
      for (BuildComparison.ComparedFigure line : comparison.lines()) {
        figures
            .addObject()
            .put("figure", line.figure())
            .put("a", line.a())
            .put("b", line.b())
            .put("ratio", line.ratio().median())
            .put("least", line.ratio().least())
            .put("most", line.ratio().most())
            .put("from", line.ratio().from())
            .put("to", line.ratio().to())
            .put("claim", line.claim(within, warm));
      }
    }
    return report;
  }

  /** What compilers and collectors take of the CPU time of each build. */
  private static List<String> shares(BuildComparison comparison) {
    if (comparison.shares(ComparedPair::a, CpuParts::compilers).isEmpty()) {
      return List.of(RepetitionLines.NOT_SPLIT);
    }
    return List.of(
        "Compilers took of the CPU time, in A: " + percent(comparison, true, CpuParts::compilers),
        "                                in B: " + percent(comparison, false, CpuParts::compilers),
        "Collectors took of it, in A: " + percent(comparison, true, CpuParts::collector),
        "                       in B: " + percent(comparison, false, CpuParts::collector));
  }

  private static String percent(
      BuildComparison comparison, boolean ofA, ToDoubleFunction<CpuParts> part) {
    return comparison.shares(ofA ? ComparedPair::a : ComparedPair::b, part).entrySet().stream()
        .map(share -> text("%s %.1f %%", share.getKey(), 100 * share.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static void putShares(
      ObjectNode node, BuildComparison comparison, ToDoubleFunction<CpuParts> part) {
    node.set("a", Json.MAPPER.valueToTree(comparison.shares(ComparedPair::a, part)));
    node.set("b", Json.MAPPER.valueToTree(comparison.shares(ComparedPair::b, part)));
  }

  private static String scenarios(BuildComparison comparison) {
    return comparison.baseline() == comparison.scenario()
        ? comparison.scenario().toString()
        : "%s in A, %s in B".formatted(comparison.baseline(), comparison.scenario());
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
