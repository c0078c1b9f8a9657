package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.protocol.json.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A reason why a registration is refused, with its place. Path and message are one bounded line
 * each, whatever the document holds, so that they can stand in logs and records.
 *
 * @param document index of the document within the record, from 0
 * @param path such as {@code steps[1].retry.delay}; empty for the document as a whole
 * @param line from 1, or null when it is not about one place
 * @param column from 1, or null when it is not about one place
 */
public record Problem(
    int document, String path, @Nullable Integer line, @Nullable Integer column, String message) {

  private static final int MAX_PATH = 300;
  private static final int MAX_MESSAGE = 1_000;

  public Problem {
    path = Printable.line(path, MAX_PATH);
    message = Printable.line(message, MAX_MESSAGE);
  }

  /** About the record as a whole. */
  public static Problem of(String message) {
    return new Problem(0, "", null, null, message);
  }

  /** One line for a person: {@code steps[1].name (line 7, column 11): must …}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (document > 0) {
      text.append("document ").append(document + 1).append(' ');
    }
    text.append(path);
    if (line != null && column != null) {
      text.append(path.isEmpty() ? "" : " ").append("(line ").append(line);
      text.append(", column ").append(column).append(')');
    }
    return text.isEmpty() ? message : text + ": " + message;
  }
}
