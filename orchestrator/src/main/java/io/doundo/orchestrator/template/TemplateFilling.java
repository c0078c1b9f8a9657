package io.doundo.orchestrator.template;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a definition of a template and values. A text that is nothing but one placeholder becomes
 * the value, with its type; within other text stands the value's text, or its JSON. Where a
 * parameter has no value, the field is left out, or nothing stands in the text. A pure function of
 * both. Used once.
 */
public final class TemplateFilling {

  private static final String VALUES = "parameterValues";

  private final Map<String, JsonNode> values;

  /** How many more characters the values may fill, so that no template makes a huge document. */
  private long left = DocumentReader.MAX_BYTES;

  private TemplateFilling(Map<String, JsonNode> values) {
    this.values = values;
  }

  /**
   * What came of it.
   *
   * @param definition null when there are problems
   */
  public record Filled(@Nullable ObjectNode definition, List<Problem> problems) {}

  /** Thrown when the values fill too much. */
  private static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Fills in a template.
   *
   * @param given by the names of the parameters
   */
  public static Filled fill(TemplateContent template, ObjectNode given) {
    List<Problem> problems = new ArrayList<>();
    Map<String, JsonNode> values = values(template, given, problems);
    if (!problems.isEmpty()) {
      return new Filled(null, List.copyOf(problems));
    }
    try {
      JsonNode filled = new TemplateFilling(values).filled(template.definition());
      return new Filled((ObjectNode) filled, List.of());
    } catch (TooLargeException e) {
      return new Filled(
          null,
          List.of(
              problem(
                  VALUES,
                  "make the definition larger than %,d bytes"
                      .formatted(DocumentReader.MAX_BYTES))));
    }
  }

  /**
   * Gives a definition its name: the title of a workflow of the framework, whose id follows from
   * it, or the name of an orchestration.
   */
  public static ObjectNode named(
      ObjectNode definition, String name, @Nullable ObjectNode metadata) {
    ObjectNode named = definition.deepCopy();
    if (!isWorkflow(definition)) {
      named.put("orchestrationName", name);
      return named;
    }
    named.remove("id");
    named.put("name", name);
    if (metadata != null && !metadata.isEmpty()) {
      ObjectNode all =
          named.path("metadata") instanceof ObjectNode own ? own : Json.MAPPER.createObjectNode();
      all.setAll(metadata);
      named.set("metadata", all);
    }
    return named;
  }

  /** Whether a definition is a workflow of the framework, and not an orchestration of ours. */
  public static boolean isWorkflow(ObjectNode definition) {
    return FrameworkDialect.isWorkflow(Json.MAPPER.writeValueAsBytes(definition));
  }

  private static Map<String, JsonNode> values(
      TemplateContent template, ObjectNode given, List<Problem> problems) {
    Map<String, JsonNode> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> one : given.properties()) {
      if (template.parameter(one.getKey()).isEmpty()) {
        problems.add(
            problem(
                VALUES + '.' + one.getKey(),
                "there is no such parameter; the template has "
                    + template.parameters().stream().map(TemplateParameter::name).toList()));
      }
    }
    for (TemplateParameter parameter : template.parameters()) {
      JsonNode value = given.path(parameter.name());
      boolean isGiven = !value.isMissingNode() && !value.isNull();
      String place = VALUES + '.' + parameter.name();
      if (isGiven) {
        String refusal = parameter.refuse(value);
        if (refusal == null) {
          values.put(parameter.name(), value);
        } else {
          problems.add(problem(place, refusal));
        }
      } else if (parameter.defaultValue() != null) {
        values.put(parameter.name(), parameter.defaultValue());
      } else if (parameter.required()) {
        problems.add(problem(place, "is missing"));
      }
    }
    return values;
  }

  private static Problem problem(String place, String message) {
    return new Problem(0, place, null, null, message);
  }

  /** The value with everything filled in; null when it is left out. */
  private @Nullable JsonNode filled(JsonNode value) throws TooLargeException {
    if (value.isObject()) {
      ObjectNode object = Json.MAPPER.createObjectNode();
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        JsonNode filled = filled(field.getValue());
        if (filled != null) {
          object.set(field.getKey(), filled);
        }
      }
      return object;
    }
    if (value.isArray()) {
      ArrayNode array = Json.MAPPER.createArrayNode();
      for (JsonNode element : value) {
        JsonNode filled = filled(element);
        if (filled != null) {
          array.add(filled);
        }
      }
      return array;
    }
    return value.isString() ? text(value.stringValue()) : value;
  }

  private @Nullable JsonNode text(String text) throws TooLargeException {
    Matcher matcher = Placeholders.ANY.matcher(text);
    if (matcher.matches()) {
      JsonNode value = values.get(Placeholders.name(matcher.group(1)));
      return value == null ? null : charged(value);
    }
    matcher.reset();
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      JsonNode value = values.get(Placeholders.name(matcher.group(1)));
      matcher.appendReplacement(
          filled,
          value == null
              ? ""
              : Matcher.quoteReplacement(
                  charged(value).isString() ? value.stringValue() : value.toString()));
    }
    return Json.MAPPER.getNodeFactory().stringNode(matcher.appendTail(filled).toString());
  }

  private JsonNode charged(JsonNode value) throws TooLargeException {
    left -= value.toString().length();
    if (left < 0) {
      throw new TooLargeException();
    }
    return value;
  }
}
