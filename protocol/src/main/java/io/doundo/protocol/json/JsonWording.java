package io.doundo.protocol.json;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/** Says what is wrong with a JSON text in words for a person who did not write the parser. */
final class JsonWording {

  /** The parser's message and its plain wording; the first that is found counts. */
  private record Rule(Pattern pattern, String meaning) {
    Rule(String pattern, String meaning) {
      this(Pattern.compile(pattern), meaning);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "Number value length \\((\\d+)\\) exceeds the maximum allowed \\((\\d+).*",
              "a number has $1 digits, at most $2 are allowed"),
          new Rule(
              "Document nesting depth \\((\\d+)\\) exceeds the maximum allowed \\((\\d+).*",
              "values are nested deeper than $2 levels"),
          new Rule(
              "(Name|String value|Document) length \\((\\d+)\\) exceeds the maximum allowed \\((\\d+).*",
              "a name or a text has $2 characters, at most $3 are allowed"),
          new Rule(
              "Unexpected character \\('(.+?)' \\(code \\d+[^)]*\\)\\):? ?was expecting comma to separate"
                  + " Object entries.*",
              "a comma or the end of the object is expected before '$1'"),
          new Rule(
              "Unexpected character \\('(.+?)' \\(code \\d+[^)]*\\)\\):? ?was expecting comma to separate"
                  + " Array entries.*",
              "a comma or the end of the list is expected before '$1'"),
          new Rule(
              "Unexpected character \\('(.+?)' \\(code \\d+[^)]*\\)\\):? ?was expecting double-quote.*",
              "a field name in double quotes is expected before '$1'"),
          new Rule(
              "Unexpected character \\('(.+?)' \\(code \\d+[^)]*\\)\\):? ?was expecting a colon.*",
              "a colon after the field name is expected before '$1'"),
          new Rule(
              "Unexpected character \\('(.+?)' \\(code \\d+[^)]*\\)\\).*",
              "unexpected character '$1'"),
          new Rule(
              "Unrecognized token '(.+?)'.*",
              "\"$1\" is not a JSON value; text needs double quotes"),
          new Rule(
              "Unexpected end-of-input: expected close marker for (Object|Array).*",
              "the text ends before the last object or list is closed"),
          new Rule("Unexpected end-of-input.*", "the text ends in the middle of a value"),
          new Rule("Duplicate Object property \"(.*)\".*", "duplicate field \"$1\""),
          new Rule(
              "Illegal unquoted character \\(\\(CTRL-CHAR, code (\\d+)\\)\\).*",
              "a text contains a line break or another control character, which must be escaped"),
          new Rule("No content to map due to end-of-input.*", "the text is empty"));

  private static final Pattern SOURCE_REMARK =
      Pattern.compile(
          " ?\\((?:start marker )?at \\[Source:[^\\]]*\\]\\)| ?at \\[Source:[^\\]]*\\]");

  private static final int MOST = 1_000;

  private JsonWording() {}

  static String of(JacksonException problem) {
    String said = SOURCE_REMARK.matcher(problem.getOriginalMessage()).replaceAll("");
    for (Rule rule : RULES) {
      Matcher matcher = rule.pattern().matcher(said);
      if (matcher.matches()) {
        return Printable.line(matcher.replaceFirst(rule.meaning()), MOST);
      }
    }
    return Printable.line(said, MOST);
  }
}
