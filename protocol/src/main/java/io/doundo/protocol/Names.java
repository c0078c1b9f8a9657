package io.doundo.protocol;

import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Printable;
import java.util.Locale;
import java.util.Set;
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

  /** Separates the flowId of a part from that of its parent, and so stands in no other flowId. */
  public static final char PART_SEPARATOR = '~';

  private static final int MAX_NAME_LENGTH = 63;
  private static final int DIGEST_LENGTH = 32;

  /**
   * Second parts of the orchestrator's own topics. The topics of an orchestration of such a name
   * would begin like one of those, and so fall under whatever is configured for it by prefix.
   */
  private static final Set<String> RESERVED =
      Set.of(
          "archive",
          "control",
          "dead-letter",
          "definitions",
          "event",
          "execution",
          "flow",
          "http",
          "registration",
          "rekey",
          "response");

  private Names() {}

  /** Why a text cannot name a step, or null when it can. */
  public static @Nullable String refuse(String name) {
    if (name.indexOf('.') >= 0) {
      return "must not contain a dot, because dots separate the parts of topic names";
    }
    if (isName(name)) {
      return null;
    }
    String rule =
        "must begin with a letter and have at most 63 letters, digits, '_' and '-'; only the"
            + " letters A to Z and a to z count";
    return name.codePoints()
        .filter(c -> c > 127 && Character.isLetter(c))
        .mapToObj(c -> rule + ", \"" + Character.toString(c) + "\" does not")
        .findFirst()
        .orElse(rule);
  }

  /** Why a text cannot name an orchestration, or null when it can. */
  public static @Nullable String refuseOrchestration(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return RESERVED.contains(lower)
        ? "is reserved, because topics of the orchestrator itself begin with orchestrator." + lower
        : refuse(name);
  }

  private static boolean isName(String text) {
    if (text.isEmpty() || text.length() > MAX_NAME_LENGTH || !isLetter(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  static String requireName(String what, String name) throws MalformedRecordException {
    return require(what, name, refuse(name));
  }

  static String requireOrchestration(String name) throws MalformedRecordException {
    return require("orchestrationName", name, refuseOrchestration(name));
  }

  private static String require(String what, String name, @Nullable String refusal)
      throws MalformedRecordException {
    if (refusal != null) {
      throw new MalformedRecordException(what + " \"" + shortened(name) + "\" " + refusal);
    }
    return name;
  }

  static String requireFlowId(String flowId) throws MalformedRecordException {
    String refusal = refuseFlowId(flowId);
    if (refusal != null) {
      throw new MalformedRecordException("flowId \"" + shortened(flowId) + "\" " + refusal);
    }
    return flowId;
  }

  /** Why a text cannot be a flowId, or null when it can. */
  public static @Nullable String refuseFlowId(String flowId) {
    return isPlainText(flowId, MAX_FLOW_ID_LENGTH)
        ? null
        : "must have 1 to %d characters, not only blanks, and no control characters"
            .formatted(MAX_FLOW_ID_LENGTH);
  }

  /** Why a text cannot be the flowId of a start, or null when it can. */
  public static @Nullable String refuseStartedFlowId(String flowId) {
    return flowId.indexOf(PART_SEPARATOR) < 0
        ? refuseFlowId(flowId)
        : "must not have a '%s', which only the flowIds of parts have".formatted(PART_SEPARATOR);
  }

  /** Why a text cannot be the control id of a request or a signal, or null when it can. */
  public static @Nullable String refuseControlId(String controlId) {
    return isPlainText(controlId, ControlCommand.MAX_ID_LENGTH)
        ? null
        : "must have 1 to %d characters, not only blanks, and no control characters"
            .formatted(ControlCommand.MAX_ID_LENGTH);
  }

  /** Whether it is one line of text of at most this length, and not blank. */
  static boolean isPlainText(String text, int maxLength) {
    if (text.isBlank() || text.length() > maxLength) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          return false;
        }
        i++;
      } else if (Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is the 32 hexadecimal digits of a command id or of an incarnation. */
  static boolean isDigest(String text) {
    if (text.length() != DIGEST_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  static String shortened(String text) {
    return Printable.line(text, 80);
  }
}
