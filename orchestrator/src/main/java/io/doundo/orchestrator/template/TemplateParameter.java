package io.doundo.orchestrator.template;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A parameter of a template.
 *
 * @param type as the template writes it, in any case
 * @param required whether a value must be given when there is no default
 * @param defaultValue counts when no value is given; null when there is none
 */
public record TemplateParameter(
    String name,
    String type,
    boolean required,
    @Nullable JsonNode defaultValue,
    @Nullable String description) {

  /** A name as documents write it: {@code {{ param.name }}}. */
  static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

  /** What a value of a parameter may be. */
  public enum Type {
    STRING("a text"),
    NUMBER("a number"),
    INTEGER("a whole number"),
    BOOLEAN("true or false"),
    OBJECT("an object"),
    ARRAY("a list");

    private final String shown;

    Type(String shown) {
      this.shown = shown;
    }

    /** The type that a word means; null when it means none. */
    static @Nullable Type of(String word) {
      for (Type type : values()) {
        if (type.name().equals(word.toUpperCase(Locale.ROOT))) {
          return type;
        }
      }
      return null;
    }

    boolean accepts(JsonNode value) {
      return switch (this) {
        case STRING -> value.isString();
        case NUMBER -> value.isNumber();
        case INTEGER -> value.isNumber() && value.canConvertToExactIntegral();
        case BOOLEAN -> value.isBoolean();
        case OBJECT -> value.isObject();
        case ARRAY -> value.isArray();
      };
    }
  }

  /** Why a value cannot be one of this parameter; null when it can. */
  @Nullable String refuse(JsonNode value) {
    Type known = Type.of(type);
    if (known == null || !known.accepts(value)) {
      return "must be " + (known == null ? type : known.shown);
    }
    return value.toString().contains("{{")
        ? "must not contain \"{{\": a value is never an expression"
        : null;
  }

  /** Whether an orchestration can be made without a value for it. */
  boolean mayBeLeftOut() {
    return defaultValue != null || !required;
  }
}
