package io.doundo.bench.report;

import io.doundo.bench.measure.RepetitionGroups;
import io.doundo.bench.measure.RepetitionGroups.FigureDifference;
import io.doundo.bench.measure.Throughput;
import io.doundo.bench.measure.Throughput.ThroughputPair;
import io.doundo.bench.measure.Throughput.ThroughputSample;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Figure;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How the repetitions of a throughput differ, and what the CPU time was for, as text. */
final class RepetitionLines {

  static final String NOT_SPLIT =
      "CPU time is not split by threads: this system has no /proc with them.";

  /** More columns do not fit on a screen; all repetitions are in the JSON. */
  private static final int MOST_COLUMNS = 12;

  private RepetitionLines() {}

  /** The CPU time of each process by what its threads are for, of all results in one table. */
  static List<String> cpu(List<Throughput> results, Terminal terminal) {
    Table table =
        new Table(
            "CPU BY THREADS, µs/flow",
            "SCENARIO",
            "PROCESS",
            "all",
            "compilers",
            "collector",
            "rest",
            "ended",
            "without compilers");
    for (Throughput result : results) {
      result.limitParts().forEach((role, parts) -> addCpu(table, result, "limit: " + role, parts));
      result.productParts().forEach((role, parts) -> addCpu(table, result, role, parts));
    }
    return table.isEmpty() ? List.of(NOT_SPLIT) : table.lines(terminal, "");
  }

  private static void addCpu(Table table, Throughput result, String process, CpuParts parts) {
    table.row(
        result.mode().toString(),
        result.scenario().toString(),
        process,
        text("%.1f", parts.all()),
        text("%.1f", parts.compilers()),
        text("%.1f", parts.collector()),
        text("%.1f", parts.rest()),
        text("%.1f", parts.ended()),
        text("%.1f", parts.withoutCompilers()));
  }

  /** Whether the repetitions fall into two groups, and if they do, what differs between them. */
  static List<String> groups(Throughput result, Terminal terminal) {
    RepetitionGroups groups = result.groups();
    List<String> lines = new ArrayList<>();
    lines.add(sentence(result, groups));
    if (!groups.apart()) {
      return lines;
    }
    if (!groups.areEnough()) {
      lines.add(
          text(
              "So few repetitions may differ by chance: run at least %d (--repeat).",
              RepetitionGroups.ENOUGH));
    }
    Table table = new Table("WHAT DIFFERS", "FIGURE", "SLOWER", "FASTER", "by");
    for (Figure.Kind kind : Figure.Kind.values()) {
      List<FigureDifference> ofKind =
          groups.differences().stream().filter(found -> found.kind() == kind).toList();
      if (ofKind.isEmpty()) {
        table.row(kind.toString(), "nothing", "", "", "");
      }
      for (FigureDifference found : ofKind) {
        table.row(
            kind.toString(),
            found.name(),
            number(found.slower()),
            number(found.faster()),
            text("%.0f %%", 100 * found.part()));
      }
    }
    lines.addAll(table.lines(terminal, ""));
    return lines;
  }

  /** One sentence, which also the page of results shows. */
  static String sentence(Throughput result, RepetitionGroups groups) {
    String subject =
        text("%s, %s: %d repetitions", result.mode(), result.scenario(), result.pairs().size());
    List<Double> rates =
        result.pairs().stream().map(pair -> pair.product().flowsPerSecond()).toList();
    if (rates.size() < 3) {
      return text(
          "%s, %s: of fewer than 3 repetitions, groups cannot be told.",
          result.mode(), result.scenario());
    }
    if (!groups.apart()) {
      return text(
          "%s are one group, of %s flows/s; the largest gap is %.2f times.",
          subject, range(rates, IntStream.range(0, rates.size()).boxed().toList()), groups.gap());
    }
    return text(
        "%s fall into two groups: %d of %s flows/s and %d of %s; the gap is %.2f times. In their"
            + " order: %s.",
        subject,
        groups.slower().size(),
        range(rates, groups.slower()),
        groups.faster().size(),
        range(rates, groups.faster()),
        groups.gap(),
        IntStream.range(0, rates.size())
            .mapToObj(place -> groups.slower().contains(place) ? "slower" : "faster")
            .collect(Collectors.joining(", ")));
  }

  private static String range(List<Double> rates, List<Integer> places) {
    double least = places.stream().mapToDouble(rates::get).min().orElseThrow();
    double most = places.stream().mapToDouble(rates::get).max().orElseThrow();
    return places.size() == 1 ? text("%,.0f", least) : text("%,.0f to %,.0f", least, most);
  }

  /** Every figure of every repetition, of the product and what was read beside it of the limit. */
  static List<String> figures(Throughput result, Terminal terminal) {
    List<ThroughputPair> shown =
        result.pairs().subList(0, Math.min(MOST_COLUMNS, result.pairs().size()));
    List<String> headings = new ArrayList<>();
    headings.add(text("REPETITIONS, %s", result.mode()));
    headings.add("FIGURE, " + result.scenario());
    IntStream.rangeClosed(1, shown.size()).forEach(i -> headings.add(Integer.toString(i)));
    Table table = new Table(headings.toArray(String[]::new));
    addRow(table, "", "flows/s", shown.stream().map(RepetitionLines::rate).toList());
    int parts = shown.get(0).product().ratesOfParts().size();
    for (int part = 0; part < parts; part++) {
      int place = part;
      addRow(
          table,
          "",
          text("flows/s while part %d of %d ended", part + 1, parts),
          shown.stream().map(pair -> number(pair.product().ratesOfParts().get(place))).toList());
    }
    addRow(
        table,
        "",
        "limit just before: flows/s",
        shown.stream().map(pair -> number(pair.limit().flowsPerSecond())).toList());
    Set<String> names = new LinkedHashSet<>();
    shown.forEach(pair -> pair.product().figures().forEach(figure -> names.add(figure.name())));
    for (String name : names) {
      addRow(
          table,
          kind(shown, name),
          name,
          shown.stream().map(pair -> value(pair.product(), name)).toList());
    }
    return table.lines(terminal, "");
  }

  private static String rate(ThroughputPair pair) {
    return number(pair.product().flowsPerSecond());
  }

  private static String kind(List<ThroughputPair> pairs, String name) {
    return pairs.stream()
        .flatMap(pair -> pair.product().figures().stream())
        .filter(figure -> figure.name().equals(name))
        .map(figure -> figure.kind().toString())
        .findFirst()
        .orElse("");
  }

  private static String value(ThroughputSample sample, String name) {
    return sample.figures().stream()
        .filter(figure -> figure.name().equals(name))
        .map(figure -> number(figure.value()))
        .findFirst()
        .orElse("–");
  }

  private static void addRow(Table table, String kind, String name, List<String> values) {
    List<String> cells = new ArrayList<>(List.of(kind, name));
    cells.addAll(values);
    table.row(cells.toArray(String[]::new));
  }

  /** With three or four digits, whatever the size. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 100) {
      return text("%,.0f", value);
    }
    return size >= 10 ? text("%.1f", value) : text("%.3f", value);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
