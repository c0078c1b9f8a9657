package io.doundo.protocol;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for names on the wire. Names of orchestrations and steps have no dots, because {@code
 * a.b} with step {@code c} would share its topics with {@code a} and step {@code b.c}.
 */
public final class Names {

  /** The longest topic name Kafka takes. */
  public static final int MAX_TOPIC_LENGTH = 249;

  /** The longest flowId, in characters. */
  public static final int MAX_FLOW_ID_LENGTH = 255;

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

  /** Second parts of the orchestrator's own topics, and the two actions. */
  private static final Set<String> RESERVED =
      Set.of(
          "archive",
          "control",
          "dead-letter",
          "definitions",
          "do",
          "event",
          "execution",
          "flow",
          "orchestrator",
          "registration",
          "rekey",
          "response",
          "undo");

  private Names() {}

  /** Why a text cannot name an orchestration or a step, or null when it can. */
  public static @Nullable String refuse(String name) {
    if (name.indexOf('.') >= 0) {
      return "must not contain a dot, because dots separate the parts of topic names";
    }
    if (!NAME.matcher(name).matches()) {
      return "must begin with a letter and have at most 63 letters, digits, '_' and '-'";
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      return "is reserved";
    }
    return null;
  }

  static String requireName(String what, String name) throws MalformedRecordException {
    String refusal = refuse(name);
    if (refusal != null) {
      throw new MalformedRecordException(what + " \"" + shortened(name) + "\" " + refusal);
    }
    return name;
  }

  static String requireFlowId(String flowId) throws MalformedRecordException {
    if (!isPlainText(flowId, MAX_FLOW_ID_LENGTH)) {
      throw new MalformedRecordException(
          "flowId \"%s\" must have 1 to %d characters and no control characters"
              .formatted(shortened(flowId), MAX_FLOW_ID_LENGTH));
    }
    return flowId;
  }

  /** Whether it is one line of text of at most this length, and not blank. */
  static boolean isPlainText(String text, int maxLength) {
    return !text.isBlank()
        && text.length() <= maxLength
        && text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
