package io.doundo.launcher.text;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Lines of CSV as RFC 4180 has them. A cell that a spreadsheet would take for a formula gets an
 * apostrophe before it: cells hold texts that strangers wrote.
 */
public final class Csv {

  private static final String FORMULA = "=+-@\t\r";

  private Csv() {}

  public static String line(List<String> cells) {
    return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
  }

  static String cell(String text) {
    boolean isFormula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
    String safe = isFormula ? "'" + text : text;
    boolean isPlain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return isPlain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
