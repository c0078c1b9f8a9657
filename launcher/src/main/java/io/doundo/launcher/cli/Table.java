package io.doundo.launcher.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Columns of text, each as wide as its widest cell. A column named STATUS gets its colours. */
public final class Table {

  private static final String GAP = "  ";
  private static final String STATUS = "STATUS";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  public void row(String... cells) {
    rows.add(List.of(cells).stream().map(Terminal::clean).toList());
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lines, headings first, each after the indent. */
  public List<String> lines(Terminal terminal, String indent) {
    int[] widths =
        IntStream.range(0, headings.size())
            .map(
                column ->
                    Math.max(
                        headings.get(column).length(),
                        rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)))
            .toArray();
    List<String> lines = new ArrayList<>();
    lines.add(indent + terminal.dim(String.join(GAP, padded(headings, widths)).stripTrailing()));
    for (List<String> row : rows) {
      List<String> cells = new ArrayList<>(padded(row, widths));
      int status = headings.indexOf(STATUS);
      if (status >= 0) {
        cells.set(status, terminal.status(cells.get(status)));
      }
      lines.add((indent + String.join(GAP, cells)).stripTrailing());
    }
    return lines;
  }

  private static List<String> padded(List<String> cells, int[] widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(
            i -> String.format(Locale.ROOT, "%-" + Math.max(1, widths[i]) + "s", cells.get(i)))
        .toList();
  }
}
