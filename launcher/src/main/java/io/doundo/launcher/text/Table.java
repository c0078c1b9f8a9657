package io.doundo.launcher.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Columns of text, each as wide as its widest cell up to a limit. A longer cell is shown whole, and
 * what follows it in its row goes to the next line, so that one long name does not push the columns
 * of all others out of the window. A column named STATUS gets its colours.
 */
public final class Table {

  private static final String GAP = "  ";
  private static final String STATUS = "STATUS";
  private static final int WIDEST = 44;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  public void row(String... cells) {
    rows.add(List.of(cells).stream().map(Terminal::clean).toList());
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lines, headings first, each after the indent. */
  public List<String> lines(Terminal terminal, String indent) {
    int[] widths = IntStream.range(0, headings.size()).map(this::width).toArray();
    List<String> lines = new ArrayList<>();
    StringBuilder heading = new StringBuilder();
    for (int column = 0; column < headings.size(); column++) {
      heading.append(padded(headings.get(column), widths[column])).append(GAP);
    }
    lines.add(indent + terminal.dim(heading.toString().stripTrailing()));
    rows.forEach(row -> addRow(lines, row, widths, terminal, indent));
    return lines;
  }

  private int width(int column) {
    return Math.max(
        headings.get(column).length(),
        rows.stream()
            .mapToInt(row -> row.get(column).length())
            .filter(length -> length <= WIDEST)
            .max()
            .orElse(0));
  }

  private void addRow(
      List<String> lines, List<String> row, int[] widths, Terminal terminal, String indent) {
    StringBuilder line = new StringBuilder(indent);
    int last = row.size() - 1;
    for (int column = 0; column <= last; column++) {
      String cell = row.get(column);
      String padded = padded(cell, widths[column]);
      line.append(headings.get(column).equals(STATUS) ? terminal.status(padded) : padded)
          .append(GAP);
      if (column < last && cell.length() > Math.max(WIDEST, widths[column])) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(indent);
        for (int passed = 0; passed <= column; passed++) {
          line.append(padded("", widths[passed])).append(GAP);
        }
      }
    }
    lines.add(line.toString().stripTrailing());
  }

  private static String padded(String cell, int width) {
    return String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s", cell);
  }
}
