package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;

class JsonWordingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":1 "b":2}    | a comma or the end of the object is expected before '"'
          [1 2]            | a comma or the end of the list is expected before '2'
          {a:1}            | a field name in double quotes is expected before 'a'
          {"a" 1}          | a colon after the field name is expected before '1'
          {"a":b}          | "b" is not a JSON value; text needs double quotes
          {"a":1           | the text ends before the last object or list is closed
          {"a":"x          | the text ends in the middle of a value
          {"a":1,"a":2}    | duplicate field "a"
          """)
  void theParsersWordsBecomeOurs(String json, String wording) {
    assertThat(wording(json)).isEqualTo(wording);
  }

  @Test
  void limitsAreReportedWithoutTheNamesOfTheParsersMethods() {
    assertThat(wording("{\"a\":" + "1".repeat(200) + "}"))
        .isEqualTo("a number has 200 digits, at most 100 are allowed");
    assertThat(wording("[".repeat(200))).isEqualTo("values are nested deeper than 100 levels");
    assertThat(wording("{\"a\":\"x\ny\"}"))
        .isEqualTo(
            "a text contains a line break or another control character, which must be escaped");
  }

  private static String wording(String json) {
    JacksonException thrown =
        catchThrowableOfType(
            JacksonException.class, () -> Json.MAPPER.readTree(json.getBytes(UTF_8)));
    assertThat(thrown).as(json).isNotNull();
    return Json.wordingOf(thrown);
  }
}
