package io.doundo.orchestrator.definition.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorPatternsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timed? ?out",
        "HTTP 5\\d\\d",
        "connection (refused|reset)",
        "(?i)no such .* in \\w+",
        "^ERR-[0-9]+: .*$",
        "(abc)+",
        "(ab|cd){2}",
        "(a+b){1,3}",
        "[(+*)]+ x",
        "[]+|]+y",
        "\\(a+\\)+",
        "\\Q(a+)+\\E",
        "a|b+"
      })
  void ordinaryPatternsAreAccepted(String pattern) {
    assertThat(ErrorPatterns.refuse(pattern)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+",
        "(a*)*b",
        "((a+)b?)*",
        "(a|aa)+$",
        "(x(a|b))*",
        "(\\w+\\s?){2,}",
        "(?:.*,){3,}x"
      })
  void patternsThatCanTakeForEverAreRefused(String pattern) {
    assertThat(ErrorPatterns.refuse(pattern)).contains("extremely slow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a)\\1", "(?<n>a)\\k<n>"})
  void referencesBackAreRefused(String pattern) {
    assertThat(ErrorPatterns.refuse(pattern)).startsWith("has a back-reference");
  }
}
