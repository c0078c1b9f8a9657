package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.protocol.json.Utf8;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record into located trees: JSON when it is JSON, else YAML, which may hold several
 * documents. Limits keep hostile input small; what cannot be read is reported with its place.
 */
public final class DocumentReader {

  /** The maximum size of a record of any kind, the same for REST, Kafka and the command line. */
  public static final int MAX_BYTES = 934_464;

  private DocumentReader() {}

  /** The outcome: what could be read, and what could not. */
  public record Documents(List<Document> documents, List<Problem> problems) {}

  /** One document that is not empty. */
  public record Document(int index, Located root) {}

  /** Part of a document that cannot be read. */
  public static final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    UnreadableException(Problem problem) {
      super(problem.toString());
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }

  public static Documents read(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return refused("the record is empty");
    }
    if (bytes.length > MAX_BYTES) {
      return refused(
          "the document has %,d bytes; at most %,d are allowed".formatted(bytes.length, MAX_BYTES));
    }
    String text = Utf8.decode(bytes);
    if (text == null) {
      return refused("the document is not valid UTF-8 text");
    }
    String document = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (document.isBlank()) {
      return refused("the record is empty");
    }
    char first = document.stripLeading().charAt(0);
    Documents read = first == '{' || first == '[' ? readJson(document) : YamlTree.readAll(document);
    if (read.documents().isEmpty() && read.problems().isEmpty()) {
      return refused("the record holds no document, only comments or separators");
    }
    return read;
  }

  /** Text in brackets that is not JSON may still be YAML in flow style. */
  private static Documents readJson(String document) {
    try {
      return new Documents(List.of(new Document(0, JsonTree.read(document))), List.of());
    } catch (UnreadableException e) {
      Documents yaml = YamlTree.readAll(document);
      return yaml.documents().isEmpty() ? new Documents(List.of(), List.of(e.problem())) : yaml;
    }
  }

  private static Documents refused(String reason) {
    return new Documents(List.of(), List.of(new Problem(0, "", null, null, reason)));
  }
}
