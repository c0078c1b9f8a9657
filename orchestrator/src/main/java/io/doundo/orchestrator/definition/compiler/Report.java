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

  Report(int document) {
    this.document = document;
  }

  void problem(Located at, String path, String message) {
    problem(at.line(), at.column(), path, message);
  }

  void problem(int line, int column, String path, String message) {
    problems.add(new Problem(document, path, line, column, message));
  }

  void warn(Located.Field at, String path, String message) {
    warn(at.line(), path, message);
  }

  void warn(int line, String path, String message) {
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
