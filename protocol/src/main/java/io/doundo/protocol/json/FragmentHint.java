package io.doundo.protocol.json;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Recognises a record that is one line of a document which was meant to be sent whole, and says so.
 * {@code kafka-console-producer} sends one record a line, so this is the likeliest mistake of all.
 */
public final class FragmentHint {

  private static final String JSON_HINT =
      "This looks like one line of a JSON document that spans several lines."
          + " kafka-console-producer sends one record a line: put the whole document on one line"
          + " first (jq -c . FILE), or send the file as one record"
          + " (kcat -P -b BROKER -t TOPIC FILE)";

  private static final int LONGEST_LINE = 10_000;
  private static final Pattern QUOTED_FIELD = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"\\s*:.*");
  private static final Pattern YAML_FIELD = Pattern.compile("(?:- +)?[A-Za-z$][\\w$-]*:(?: .*)?");

  /** A field name outside of quotes and braces. */
  private static final Pattern BARE_FIELD = Pattern.compile("[A-Za-z$][\\w$-]*:(?= |$)");

  private static final int MOST_BRACES = 10;
  private static final Pattern INNER = Pattern.compile("\\{[^{}]*}|\"[^\"]*\"|'[^']*'");

  private FragmentHint() {}

  /** The explanation to add to a reason when the value looks like one line of a JSON document. */
  public static Optional<String> ofJson(byte[] value) {
    return looksLikeJsonLine(line(value)) ? Optional.of(JSON_HINT) : Optional.empty();
  }

  /** The same for a registration, which may be YAML as well. */
  public static Optional<String> ofRegistration(byte[] value) {
    Optional<String> json = ofJson(value);
    if (json.isPresent()) {
      return json;
    }
    if (looksLikeStep(line(value))) {
      return Optional.of(JSON_HINT);
    }
    if (looksLikeJoinedLines(line(value))) {
      return Optional.of(
          "This looks like a YAML document without its line breaks. curl -d removes them: send"
              + " the file with --data-binary @FILE");
    }
    return looksLikeYamlLine(line(value))
        ? Optional.of(
            "This looks like one line of a YAML document. kafka-console-producer sends one record"
                + " a line: register the file with './doundo register FILE', or send it as one"
                + " record (kcat -P -b BROKER -t orchestrator.registration FILE)")
        : Optional.empty();
  }

  static String withHint(String reason, byte[] value) {
    return ofJson(value).map(hint -> reason + ". " + hint).orElse(reason);
  }

  /** The only line of the value, stripped, or something no pattern matches when it is no line. */
  private static String line(byte[] value) {
    String text = value.length > LONGEST_LINE ? null : Utf8.decode(value);
    if (text == null) {
      return "\n";
    }
    String line = text.strip();
    return line.indexOf('\n') >= 0 ? "\n" : line;
  }

  private static boolean looksLikeJsonLine(String line) {
    if (line.equals("\n")) {
      return false;
    }
    if (line.isEmpty() || line.endsWith(",") || line.startsWith("}") || line.startsWith("]")) {
      return true;
    }
    if (line.startsWith("{") || line.startsWith("[")) {
      return openBrackets(line) > 0;
    }
    return QUOTED_FIELD.matcher(line).matches();
  }

  /** The last element of a list of steps is a whole object, and still only a line. */
  private static boolean looksLikeStep(String line) {
    return line.startsWith("{")
        && line.contains("\"name\"")
        && !line.contains("\"orchestrationName\"")
        && !line.contains("\"orchestrations\"");
  }

  private static boolean looksLikeYamlLine(String line) {
    return line.startsWith("#") || line.equals("---") || YAML_FIELD.matcher(line).matches();
  }

  /** One line of YAML has one field, unless it is in braces. */
  private static boolean looksLikeJoinedLines(String line) {
    if (line.startsWith("{") || line.startsWith("[")) {
      return false;
    }
    String bare = line;
    for (int depth = 0; depth < MOST_BRACES && INNER.matcher(bare).find(); depth++) {
      bare = INNER.matcher(bare).replaceAll("");
    }
    return BARE_FIELD.matcher(bare).results().limit(2).count() == 2;
  }

  /** How many brackets are opened and not closed, outside of strings. */
  private static int openBrackets(String line) {
    int open = 0;
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        open++;
      } else if (c == '}' || c == ']') {
        open--;
      }
    }
    return open;
  }
}
