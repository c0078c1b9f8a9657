package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.protocol.json.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a document as a JSON value whose parts keep their places in the document. Numbers keep
 * their exact form; a scalar that is not a JSON number, such as {@code 007}, is text.
 */
public final class LocatedJson {

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]{0,90})(?:\\.[0-9]{1,90})?(?:[eE][+-]?[0-9]{1,4})?");

  private final Located root;
  private final Map<String, Located> places = new HashMap<>();
  private final JsonNode tree;

  private LocatedJson(Located root, String place) {
    this.root = root;
    this.tree = read(root, place);
  }

  /**
   * Reads a value of a document as JSON, and keeps the place of each part.
   *
   * @param place the place of the value itself, such as {@code input}
   */
  public static LocatedJson of(Located value, String place) {
    return new LocatedJson(value, place);
  }

  public JsonNode tree() {
    return tree;
  }

  /** The value as JSON text. */
  public String text() {
    return Json.of(tree).toString();
  }

  /** The place of a part, such as {@code input.items[0].name}. */
  public Located at(String place) {
    return places.getOrDefault(place, root);
  }

  private JsonNode read(Located value, String place) {
    places.put(place, value);
    JsonNodeFactory nodes = Json.MAPPER.getNodeFactory();
    if (value instanceof Mapping mapping) {
      ObjectNode object = nodes.objectNode();
      mapping
          .fields()
          .forEach((name, field) -> object.set(name, read(field.value(), place + "." + name)));
      return object;
    }
    if (value instanceof Sequence list) {
      ArrayNode array = nodes.arrayNode();
      for (int i = 0; i < list.elements().size(); i++) {
        array.add(read(list.elements().get(i), place + "[" + i + "]"));
      }
      return array;
    }
    return scalar((Scalar) value);
  }

  private static JsonNode scalar(Scalar scalar) {
    JsonNodeFactory nodes = Json.MAPPER.getNodeFactory();
    if (scalar.isNull()) {
      return nodes.nullNode();
    }
    String text = scalar.text();
    if (!scalar.plain()) {
      return nodes.stringNode(text);
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return nodes.booleanNode(Boolean.parseBoolean(text));
    }
    return NUMBER.matcher(text).matches() ? Json.MAPPER.readTree(text) : nodes.stringNode(text);
  }
}
