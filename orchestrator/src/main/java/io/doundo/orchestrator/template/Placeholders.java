package io.doundo.orchestrator.template;

import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Where a definition waits for the values of parameters: {@code {{ param.x }}} in its texts. */
final class Placeholders {

  /** Anything in braces that begins with {@code param}; group 1 is the rest. */
  static final Pattern ANY = Pattern.compile("\\{\\{\\s*param\\b([^{}]*)}}");

  private static final Pattern NAME = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_]*)\\s*");

  private Placeholders() {}

  /** The parameter that a placeholder names; empty when it is not one. */
  static String name(String rest) {
    Matcher matcher = NAME.matcher(rest);
    return matcher.matches() ? matcher.group(1) : "";
  }

  /**
   * Reports placeholders that name no parameter, or stand where no value can.
   *
   * @param names of the parameters
   * @param problems takes the place of a text, and what is wrong with it
   */
  static void check(
      JsonNode value, String place, Set<String> names, BiConsumer<String, String> problems) {
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        String at = place + '.' + field.getKey();
        if (ANY.matcher(field.getKey()).find()) {
          problems.accept(at, "a parameter must not stand in the name of a field");
        }
        check(field.getValue(), at, names, problems);
      }
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(value.get(i), place + '[' + i + ']', names, problems);
      }
    } else if (value.isString()) {
      Matcher matcher = ANY.matcher(value.stringValue());
      while (matcher.find()) {
        String name = name(matcher.group(1));
        if (name.isEmpty()) {
          problems.accept(place, "must be {{ param.name }}, but is " + matcher.group());
        } else if (!names.contains(name)) {
          problems.accept(place, "there is no parameter \"" + name + '"');
        }
      }
    }
  }
}
