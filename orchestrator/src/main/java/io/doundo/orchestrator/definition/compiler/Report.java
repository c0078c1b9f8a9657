package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Printable;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems and warnings of one document while it is read. Not thread-safe. */
final class Report {

  private static final int MAX_WARNING = 1_000;

  private final int document;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private final PathNames names;

  /** The path that a problem or a warning names, for what stands at a place. */
  @FunctionalInterface
  interface PathNames {
    /**
     * The path to name.
     *
     * @param column 0 when only the line is known
     * @param path in the registration as it is read
     */
    String path(int line, int column, String path);
  }

  Report(int document) {
    this(document, (line, column, path) -> path);
  }

  /**
   * @param names of a document of which the registration was made
   */
  Report(int document, PathNames names) {
    this.document = document;
    this.names = names;
  }

  void problem(Located at, String path, String message) {
    problem(at.line(), at.column(), path, message);
  }

  void problem(int line, int column, String path, String message) {
    problems.add(new Problem(document, names.path(line, column, path), line, column, message));
  }

  /** A warning that has its place already. */
  void warn(String warning) {
    warnings.add(warning);
  }

  void warn(Located.Field at, String path, String message) {
    add(at.line(), names.path(at.line(), at.column(), path), message);
  }

  void warn(int line, String path, String message) {
    add(line, names.path(line, 0, path), message);
  }

  private void add(int line, String path, String message) {
    warnings.add(Printable.line(path + " (line " + line + "): " + message, MAX_WARNING));
  }

  int document() {
    return document;
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
