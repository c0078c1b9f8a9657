package io.doundo.launcher.cli;

import io.doundo.launcher.cli.complete.CompletionCache;
import io.doundo.launcher.text.Csv;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The rows of a list of the service: which member of an answer holds them, what names a row, and
 * its columns. Not thread-safe while columns are added.
 */
public class Listing {

  private final String member;
  private final Function<JsonNode, String> name;
  private final String whenEmpty;
  private final List<Column> columns = new ArrayList<>();
  private @Nullable String kind;

  private record Column(String heading, boolean wide, Function<JsonNode, String> cell) {}

  /**
   * @param member of the answer that holds the rows
   * @param name what names a row, such as its flowId
   * @param whenEmpty the line that stands for no rows
   */
  public Listing(String member, Function<JsonNode, String> name, String whenEmpty) {
    this.member = member;
    this.name = name;
    this.whenEmpty = whenEmpty;
  }

  /** The text of a member of a row. */
  public static Function<JsonNode, String> text(String member) {
    return row -> row.path(member).asString("");
  }

  public Listing column(String heading, Function<JsonNode, String> cell) {
    columns.add(new Column(heading, false, cell));
    return this;
  }

  /** A column that only a wide table and CSV have. */
  public Listing wide(String heading, Function<JsonNode, String> cell) {
    columns.add(new Column(heading, true, cell));
    return this;
  }

  /** Offers the names of the rows when a shell completes a word of this kind. */
  public Listing completing(String values) {
    kind = values;
    return this;
  }

  public JsonNode rows(JsonNode answer) {
    return answer.path(member);
  }

  public String nameOf(JsonNode row) {
    return name.apply(row);
  }

  /**
   * Prints one page.
   *
   * @param isFirst whether the headings come before it
   */
  public void print(JsonNode answer, OutputOptions output, boolean isFirst) {
    String values = kind;
    if (values != null) {
      rows(answer).forEach(row -> CompletionCache.seen(values, name.apply(row)));
    }
    switch (output.format()) {
      case JSON -> output.json(answer);
      case JSONL -> rows(answer).forEach(output::json);
      case NAME -> rows(answer).forEach(row -> output.line(Terminal.clean(name.apply(row))));
      case CSV -> csv(answer, output, isFirst);
      case TABLE, WIDE -> table(answer, output, isFirst);
    }
  }

  private void csv(JsonNode answer, OutputOptions output, boolean isFirst) {
    if (isFirst) {
      output.line(
          Csv.line(
              columns.stream()
                  .map(column -> column.heading().toLowerCase(Locale.ROOT).replace(' ', '_'))
                  .toList()));
    }
    for (JsonNode row : rows(answer)) {
      output.line(
          Csv.line(
              columns.stream().map(column -> Terminal.clean(column.cell().apply(row))).toList()));
    }
  }

  private void table(JsonNode answer, OutputOptions output, boolean isFirst) {
    List<Column> shown =
        columns.stream()
            .filter(column -> !column.wide() || output.format() == OutputOptions.Format.WIDE)
            .toList();
    Table table = new Table(shown.stream().map(Column::heading).toArray(String[]::new));
    for (JsonNode row : rows(answer)) {
      table.row(shown.stream().map(column -> column.cell().apply(row)).toArray(String[]::new));
    }
    if (!table.isEmpty()) {
      List<String> lines = table.lines(output.terminal(), "");
      output.lines(isFirst ? lines : lines.subList(1, lines.size()));
    } else if (isFirst) {
      output.line(whenEmpty);
    }
  }
}
