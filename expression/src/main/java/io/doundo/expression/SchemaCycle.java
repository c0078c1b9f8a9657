package io.doundo.expression;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Finds a schema that asks for itself about the same value: its check would never end. One that
 * asks for itself about a part of the value, such as a tree, comes to an end with the value.
 */
final class SchemaCycle {

  /** Schemas of parts of the value, and of none of it. */
  private static final List<String> SINGLE_INSIDE =
      List.of(
          "items",
          "contains",
          "additionalProperties",
          "propertyNames",
          "unevaluatedItems",
          "unevaluatedProperties",
          "contentSchema");

  private static final List<String> MANY_INSIDE =
      List.of("properties", "patternProperties", "prefixItems", "$defs", "definitions");

  /** Schemas of the same value. */
  private static final List<String> SINGLE_SAME = List.of("not", "if", "then", "else");

  private static final List<String> MANY_SAME =
      List.of("allOf", "anyOf", "oneOf", "dependentSchemas");

  private static final List<String> REFERENCES = List.of("$ref", "$dynamicRef");

  private final JsonNode root;
  private final IdentityHashMap<JsonNode, Boolean> isEnded = new IdentityHashMap<>();

  private SchemaCycle(JsonNode root) {
    this.root = root;
  }

  /** Whether the check of some value with the schema would never end. */
  static boolean isIn(JsonNode schema) {
    SchemaCycle search = new SchemaCycle(schema);
    for (JsonNode part : search.parts()) {
      if (search.isEndless(part)) {
        return true;
      }
    }
    return false;
  }

  /** The schema, and all schemas in it. */
  private Set<JsonNode> parts() {
    Set<JsonNode> parts = Collections.newSetFromMap(new IdentityHashMap<>());
    List<JsonNode> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      JsonNode part = open.remove(open.size() - 1);
      if (part.isObject() && parts.add(part)) {
        open.addAll(children(part, SINGLE_INSIDE, MANY_INSIDE));
        open.addAll(same(part));
      }
    }
    return parts;
  }

  private boolean isEndless(JsonNode part) {
    Boolean known = isEnded.get(part);
    if (known != null) {
      // One that is not through yet has been come back to.
      return !known;
    }
    isEnded.put(part, false);
    for (JsonNode next : same(part)) {
      if (isEndless(next)) {
        return true;
      }
    }
    isEnded.put(part, true);
    return false;
  }

  /** The schemas that this one asks about the same value. */
  private List<JsonNode> same(JsonNode part) {
    List<JsonNode> same = children(part, SINGLE_SAME, MANY_SAME);
    for (String keyword : REFERENCES) {
      JsonNode target = target(part.path(keyword));
      if (target != null) {
        same.add(target);
      }
    }
    return same;
  }

  private static List<JsonNode> children(JsonNode part, List<String> single, List<String> many) {
    List<JsonNode> children = new ArrayList<>();
    for (String keyword : single) {
      JsonNode child = part.path(keyword);
      if (child.isObject()) {
        children.add(child);
      }
    }
    for (String keyword : many) {
      for (JsonNode child : part.path(keyword)) {
        if (child.isObject()) {
          children.add(child);
        }
      }
    }
    return children;
  }

  /** The schema that a reference is to, as far as that can be told here; or null. */
  private @Nullable JsonNode target(JsonNode reference) {
    if (!reference.isString() || !reference.stringValue().startsWith("#")) {
      return null;
    }
    String fragment;
    try {
      String plus = reference.stringValue().substring(1).replace("+", "%2B");
      fragment = URLDecoder.decode(plus, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    JsonNode target =
        fragment.isEmpty() || fragment.startsWith("/")
            ? root.at(JsonPointer.compile(fragment))
            : anchored(root, fragment);
    return target != null && target.isObject() ? target : null;
  }

  private static @Nullable JsonNode anchored(JsonNode node, String anchor) {
    if (node.path("$anchor").asString("").equals(anchor)
        || node.path("$dynamicAnchor").asString("").equals(anchor)) {
      return node;
    }
    for (JsonNode child : node) {
      JsonNode found = anchored(child, anchor);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
