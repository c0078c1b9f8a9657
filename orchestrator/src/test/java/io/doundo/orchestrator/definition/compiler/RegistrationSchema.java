package io.doundo.orchestrator.definition.compiler;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Document;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Documents;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema that editors use, as a second opinion on a document. It only knows the form of
 * single fields, not the compiler's other reasons to refuse. Thread-safe.
 */
public final class RegistrationSchema {

  private static final String RESOURCE = "orchestration.schema.json";
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");

  private final Schema schema;

  private RegistrationSchema(Schema schema) {
    this.schema = schema;
  }

  /** Reads the schema from the class path. */
  public static RegistrationSchema load() {
    try (InputStream resource = RegistrationSchema.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the class path");
      }
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return new RegistrationSchema(
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
              .getSchema(text, InputFormat.JSON));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  /**
   * The schema's problems with the documents of a record. Unreadable documents are left to the
   * compiler, which gives the reason.
   */
  public List<Problem> check(byte[] bytes) {
    Documents documents = DocumentReader.read(bytes);
    List<Problem> problems = new ArrayList<>();
    for (Document document : documents.documents()) {
      for (Error error : schema.validate(json(document.root()))) {
        problems.add(problem(document, error));
      }
    }
    return problems;
  }

  private static Problem problem(Document document, Error error) {
    NodePath location = error.getInstanceLocation();
    Located at = document.root();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < location.getNameCount(); i++) {
      Object element = location.getElement(i);
      Located child = child(at, element);
      if (child == null) {
        break;
      }
      at = child;
      if (element instanceof Integer) {
        path.append('[').append(element).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(element);
      }
    }
    return new Problem(
        document.index(), path.toString(), at.line(), at.column(), error.getMessage());
  }

  private static @Nullable Located child(Located parent, Object element) {
    if (parent instanceof Mapping mapping) {
      Field field = mapping.fields().get(String.valueOf(element));
      return field == null ? null : field.value();
    }
    if (parent instanceof Sequence sequence && element instanceof Integer index) {
      return sequence.elements().get(index);
    }
    return null;
  }

  /** The document as JSON; empty fields count as absent, as they do for the compiler. */
  private static JsonNode json(Located located) {
    if (located instanceof Mapping mapping) {
      ObjectNode object = Json.MAPPER.createObjectNode();
      for (Map.Entry<String, Field> field : mapping.fields().entrySet()) {
        Located value = field.getValue().value();
        if (!value.isNull()) {
          object.set(field.getKey(), json(value));
        }
      }
      return object;
    }
    if (located instanceof Sequence sequence) {
      ArrayNode array = Json.MAPPER.createArrayNode();
      sequence.elements().forEach(element -> array.add(json(element)));
      return array;
    }
    return scalar((Scalar) located);
  }

  private static JsonNode scalar(Scalar scalar) {
    String text = scalar.text();
    boolean literal =
        scalar.plain()
            && (text.equals("true") || text.equals("false") || NUMBER.matcher(text).matches());
    if (scalar.isNull()) {
      return Json.MAPPER.getNodeFactory().nullNode();
    }
    return literal ? Json.MAPPER.readTree(text) : Json.MAPPER.getNodeFactory().stringNode(text);
  }
}
