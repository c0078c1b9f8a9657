package io.doundo.orchestrator.definition.compiler;

import org.jspecify.annotations.Nullable;

/**
 * A reason why a registration is refused, with its place.
 *
 * @param document index of the document within the record, from 0
 * @param path such as {@code steps[1].retry.delay}; empty for the document as a whole
 * @param line from 1, or null when it is not about one place
 * @param column from 1, or null when it is not about one place
 */
public record Problem(
    int document, String path, @Nullable Integer line, @Nullable Integer column, String message) {

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
