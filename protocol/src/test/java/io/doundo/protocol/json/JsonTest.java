package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.AuditRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void everyFieldKeepsItsBytes() throws MalformedRecordException {
    Map<String, RawJson> fields =
        Json.fields(
            utf8(
                """
                { "a" : 1.10, "b":-3 ,"c":"ü\\n" , "d": [1, {"x":null}], "e":{ "y" : true },
                  "f":true,"g":null, "h":12345678901234567890.123e4 }"""));

    assertThat(fields.keySet()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    assertThat(fields.values().stream().map(RawJson::toString))
        .containsExactly(
            "1.10",
            "-3",
            "\"ü\\n\"",
            "[1, {\"x\":null}]",
            "{ \"y\" : true }",
            "true",
            "null",
            "12345678901234567890.123e4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-2.50", "\"x\"", "true", "null", "[ ]", "{\"a\":1}"})
  void aValueOfAnyKindIsReadWithItsBlanksLeftOff(String json) throws MalformedRecordException {
    assertThat(Json.value(utf8("  " + json + " \n"))).hasToString(json);
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws MalformedRecordException {
    assertThat(Json.fields(utf8("\uFEFF{\"a\":1}"))).containsOnlyKeys("a");
  }

  /** Found by the fuzz test: for such a number Jackson throws an exception that is not its own. */
  @Test
  void aNumberBeyondEveryLimitIsCarriedAlongAndStopsNobody() throws MalformedRecordException {
    String text = "{\"b\":1e9999999992,\"a\":1}";

    assertThat(Json.canonical(Json.value(utf8(text)))).hasToString("{\"a\":1,\"b\":1e9999999992}");
    assertThatThrownBy(
            () ->
                AuditRecord.decode(utf8("{\"input\":{},\"events\":[{\"attempt\":1e9999999992}]}")))
        .isInstanceOf(MalformedRecordException.class);
  }

  @Test
  void mergingTakesTopLevelFieldsAndTheLaterWins() throws MalformedRecordException {
    RawJson merged =
        Json.merge(
            List.of(
                Json.value(utf8("{\"a\":1,\"b\":{\"x\":1}}")),
                Json.value(utf8("{\"b\":{\"y\":2.0}}")),
                Json.value(utf8("{\"c \\\"\":3,\"a\":4}"))));

    assertThat(merged).hasToString("{\"a\":4,\"b\":{\"y\":2.0},\"c \\\"\":3}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"b":1,"a":[{"d":1.50,"c":2}]} | {"a":[{"c":2,"d":1.5}],"b":1}
          { "b" : 1, "a" : [ {"c":2,"d":15e-1} ] } | {"a":[{"c":2,"d":1.5}],"b":1}
          {"a":100.0,"b":1e2,"c":100,"d":-0,"e":-0.0} | {"a":100,"b":100,"c":100,"d":0,"e":0}
          {"z":"\\u0041\\/ü","y":{"b":{ },"a":null}} | {"y":{"a":null,"b":{}},"z":"A/ü"}
          1E+999999999 | 1E+999999999
          """)
  void equalContentHasEqualCanonicalBytes(String json, String canonical)
      throws MalformedRecordException {
    assertThat(Json.canonical(Json.value(utf8(json)))).hasToString(canonical);
  }

  @Test
  void sortingWithoutTheParserGivesWhatTheParserGives() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      RawJson value = RawJson.trusted(utf8(anyValue(random, 0)));
      assertThat(Json.canonical(value)).as("%s", value).isEqualTo(Json.parsedCanonical(value));
    }
  }

  private static String anyValue(Random random, int depth) {
    String blank = random.nextInt(4) == 0 ? " " : "";
    switch (depth > 5 ? 2 + random.nextInt(3) : random.nextInt(5)) {
      case 0 -> {
        List<String> fields = new ArrayList<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
          String name = pick(random, "b", "a", "ü", "A", "\\u0062c", "", "z z") + i;
          fields.add('"' + name + '"' + blank + ':' + blank + anyValue(random, depth + 1));
        }
        Collections.shuffle(fields, random);
        return '{' + blank + String.join("," + blank, fields) + blank + '}';
      }
      case 1 -> {
        return '[' + blank + anyValue(random, depth + 1) + ',' + anyValue(random, 6) + ']';
      }
      case 2 -> {
        return pick(random, "\"\"", "\"a/b\"", "\"\\u00fc\\n\"", "\"ü\u007f\u2028\"", "\"\\\\\"");
      }
      case 3 -> {
        return pick(
            random,
            "0",
            "-0",
            "12",
            "-7",
            "1.0",
            "100.0",
            "1e2",
            "1E-3",
            "-0.0",
            "1e400",
            "123456789012345678901234567890",
            "0.1000");
      }
      default -> {
        return pick(random, "true", "false", "null");
      }
    }
  }

  private static String pick(Random random, String... values) {
    return values[random.nextInt(values.length)];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":1,"a":2}     | duplicate field
          {"x":{"a":1,"a":2}} | duplicate field
          {"a":1} {"b":2}   | more than one JSON value: the second begins at line 1, column 9
          {"a":01}          | not valid JSON at line 1
          {'a':1}           | not valid JSON at line 1, column 2
          [1,2]             | expected a JSON object but found an array [1,2]
          "text"            | expected a JSON object but found a string
          NaN               | not valid JSON
          """)
  void refusesWhatIsNotOneStrictObject(String json, String reason) {
    assertThatThrownBy(() -> Json.fields(utf8(json)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesOtherEncodings() {
    assertThatThrownBy(() -> Json.fields("{\"a\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessage("the record is not valid UTF-8 text");
    assertThatThrownBy(() -> Json.fields("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)))
        .hasMessageContaining("NUL bytes");
  }

  @Test
  void refusesExcessiveDepthAndNumbers() {
    assertThatThrownBy(() -> Json.value(utf8("[".repeat(101) + "]".repeat(101))))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("exceeds a limit");
    assertThatThrownBy(() -> Json.fields(utf8("{\"a\":" + "9".repeat(2000) + "}")))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("exceeds a limit");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
