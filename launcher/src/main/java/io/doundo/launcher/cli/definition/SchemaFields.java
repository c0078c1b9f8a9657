package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that a JSON schema describes, by their path. Of alternatives, it knows the fields of
 * all. Immutable.
 */
final class SchemaFields {

  private static final String ROOT = "registration";
  private static final int DEEPEST = 20;

  private final JsonNode schema;

  SchemaFields(JsonNode schema) {
    this.schema = schema;
  }

  /** The part of the schema that is about a field; the registration itself for an empty path. */
  JsonNode find(String path) {
    JsonNode at = schema.path("definitions").path(ROOT);
    String before = "";
    for (String name : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
      Map<String, JsonNode> fields = fieldsOf(at);
      JsonNode next = fields.get(name);
      if (next == null) {
        throw unknown(before, name, fields.keySet());
      }
      at = next;
      before = before.isEmpty() ? name : before + '.' + name;
    }
    return at;
  }

  private static CommandFailure unknown(String before, String name, Set<String> known) {
    String where = before.isEmpty() ? "A registration" : '"' + before + '"';
    String near =
        Suggestions.nearest(name, List.copyOf(known))
            .map(suggestion -> " Did you mean \"" + suggestion + "\"?")
            .orElse("");
    return new CommandFailure(
        ExitCodes.USAGE,
        known.isEmpty()
            ? "%s has no fields inside it.".formatted(where)
            : "%s has no field \"%s\"; it has %s.%s"
                .formatted(where, Terminal.clean(name), String.join(", ", known), near));
  }

  List<String> lines(String path, JsonNode found, Terminal terminal) {
    List<String> lines = new ArrayList<>();
    lines.add(terminal.bold(path.isEmpty() ? ROOT : Terminal.clean(path)) + "  " + typeOf(found));
    String description = description(found);
    if (!description.isEmpty()) {
      lines.add("  " + description);
    }
    String values = String.join(", ", valuesOf(found));
    if (!values.isEmpty()) {
      lines.add("  one of: " + values);
    }
    Map<String, JsonNode> fields = fieldsOf(found);
    if (!fields.isEmpty()) {
      Table table = new Table("FIELD", "TYPE", "MEANING");
      fields.forEach((name, field) -> table.row(name, typeOf(field), description(field)));
      lines.add("");
      lines.addAll(table.lines(terminal, "  "));
    }
    return lines;
  }

  /** The fields inside a field: those of its object, or of the objects in its list. */
  private Map<String, JsonNode> fieldsOf(JsonNode field) {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    collect(field, fields, 0);
    return fields;
  }

  private void collect(JsonNode place, Map<String, JsonNode> fields, int depth) {
    JsonNode field = resolved(place);
    if (depth > DEEPEST || !field.isObject()) {
      return;
    }
    for (Map.Entry<String, JsonNode> property : field.path("properties").properties()) {
      fields.putIfAbsent(property.getKey(), property.getValue());
    }
    for (String alternatives : List.of("anyOf", "oneOf", "allOf")) {
      field.path(alternatives).forEach(one -> collect(one, fields, depth + 1));
    }
    for (String branch : List.of("items", "then", "else")) {
      collect(field.path(branch), fields, depth + 1);
    }
  }

  private JsonNode resolved(JsonNode field) {
    String reference = field.path("$ref").asString("");
    if (!reference.startsWith("#/")) {
      return field;
    }
    JsonNode target = resolved(schema.at(reference.substring(1)));
    if (!target.isObject() || field.size() == 1) {
      return target;
    }
    // What stands beside a reference, such as a description, is nearer.
    ObjectNode both = ((ObjectNode) target).deepCopy();
    field
        .properties()
        .forEach(
            member -> {
              if (!member.getKey().equals("$ref")) {
                both.set(member.getKey(), member.getValue());
              }
            });
    return both;
  }

  private String description(JsonNode place) {
    JsonNode field = resolved(place);
    String own = field.path("description").asString("");
    for (String alternatives : List.of("anyOf", "oneOf", "allOf")) {
      for (JsonNode one : field.path(alternatives)) {
        if (own.isEmpty()) {
          own = resolved(one).path("description").asString("");
        }
      }
    }
    return own;
  }

  private Set<String> valuesOf(JsonNode place) {
    JsonNode field = resolved(place);
    Set<String> values = new LinkedHashSet<>();
    field.path("enum").forEach(value -> addLowerCase(values, value.asString("")));
    if (field.has("const")) {
      values.add(field.path("const").asString(""));
    }
    for (String alternatives : List.of("anyOf", "oneOf")) {
      field.path(alternatives).forEach(one -> values.addAll(valuesOf(one)));
    }
    return values;
  }

  /** Words are taken whatever their case; one form is enough to know. */
  private static void addLowerCase(Set<String> values, String value) {
    if (values.stream().noneMatch(value::equalsIgnoreCase)) {
      values.add(value);
    }
  }

  private String typeOf(JsonNode place) {
    Set<String> types = new LinkedHashSet<>();
    collectTypes(place, types, 0);
    return String.join(" or ", types);
  }

  private void collectTypes(JsonNode place, Set<String> types, int depth) {
    JsonNode field = resolved(place);
    JsonNode type = field.path("type");
    if (type.isArray()) {
      type.forEach(one -> types.add(one.asString("")));
    } else if (type.isString()) {
      types.add(type.asString());
    } else if (field.has("enum")) {
      types.add("word");
    }
    if (depth < DEEPEST) {
      for (String alternatives : List.of("anyOf", "oneOf")) {
        field.path(alternatives).forEach(one -> collectTypes(one, types, depth + 1));
      }
    }
    types.remove("null");
  }
}
