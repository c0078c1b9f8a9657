package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Printable;
import java.util.ArrayList;
import java.util.List;

/** Collects problems and warnings of one document. Not thread-safe. */
final class Notes {

  private static final int MAX_WARNING = 1_000;

  private final int document;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** Characters of rules that repeat other rules of the document. */
  private long repeated;

  Notes(int document) {
    this.document = document;
  }

  void problem(Located at, String path, String message) {
    problems.add(new Problem(document, path, at.line(), at.column(), message));
  }

  void warn(Located at, String path, String message) {
    warnings.add(Printable.line(path + " (line " + at.line() + "): " + message, MAX_WARNING));
  }

  /**
   * Counts text that repeats other text of the document.
   *
   * @return whether all of it is still no longer than a document may be
   */
  boolean mayRepeat(int characters) {
    repeated += characters;
    return repeated <= DocumentReader.MAX_BYTES;
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
