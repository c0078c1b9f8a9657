package io.doundo.protocol.json;

/**
 * Makes text from outside safe to print on one line of a log, a status or a terminal. Control
 * characters, line separators and characters that change the direction of the text are escaped, so
 * that a value cannot forge a log line or hide part of a name.
 */
public final class Printable {

  private Printable() {}

  /** The text on one line; the same object when nothing had to be escaped. */
  public static String line(String text) {
    int first = 0;
    while (first < text.length() && !isEscaped(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isEscaped(c)) {
        line.append(c);
      } else if (c == '\n') {
        line.append("\\n");
      } else if (c == '\r') {
        line.append("\\r");
      } else if (c == '\t') {
        line.append("\\t");
      } else {
        line.append("\\u").append("%04x".formatted((int) c));
      }
    }
    return line.toString();
  }

  /** The same, cut to at most this many characters, with an ellipsis where something is missing. */
  public static String line(String text, int maxLength) {
    String head = text.length() <= maxLength ? text : text.substring(0, maxLength);
    String line = line(head);
    if (line.length() <= maxLength && text.length() <= maxLength) {
      return line;
    }
    int end = Math.min(line.length(), maxLength - 1);
    if (end > 0 && Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end) + "…";
  }

  private static boolean isEscaped(char c) {
    return Character.isISOControl(c)
        || c == '\u2028'
        || c == '\u2029'
        || c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\ufeff';
  }
}
