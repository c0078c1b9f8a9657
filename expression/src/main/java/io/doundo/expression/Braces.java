package io.doundo.expression;

/** Finds the end of an expression: braces of maps and quoted texts inside it do not end it. */
final class Braces {

  private Braces() {}

  /**
   * The index of the {@code }}} that ends the expression.
   *
   * @param from the index behind the opening braces
   * @return -1 when there is none
   */
  static int endOf(String text, int from) {
    int depth = 0;
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        at = endOfQuoted(text, at);
        if (at < 0) {
          return -1;
        }
        continue;
      }
      if (c == '{') {
        depth++;
      } else if (c == '}' && depth > 0) {
        depth--;
      } else if (c == '}') {
        return text.startsWith("}}", at) ? at : -1;
      }
      at++;
    }
    return -1;
  }

  /** The index behind the quoted text that begins here, in any of CEL's four forms. */
  private static int endOfQuoted(String text, int begin) {
    char quote = text.charAt(begin);
    String triple = String.valueOf(quote).repeat(3);
    String end = text.startsWith(triple, begin) ? triple : String.valueOf(quote);
    boolean isRaw =
        begin > 0
            && (text.charAt(begin - 1) == 'r' || text.charAt(begin - 1) == 'R')
            && (begin < 2 || !Character.isLetterOrDigit(text.charAt(begin - 2)));
    int at = begin + end.length();
    while (at < text.length()) {
      if (!isRaw && text.charAt(at) == '\\') {
        at += 2;
      } else if (text.startsWith(end, at)) {
        return at + end.length();
      } else {
        at++;
      }
    }
    return -1;
  }
}
