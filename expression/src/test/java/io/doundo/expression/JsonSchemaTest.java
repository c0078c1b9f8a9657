package io.doundo.expression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Schemas that do not end, values that no tree can hold, and what is right although it is near. */
class JsonSchemaTest {

  private static final String TREE =
      """
      {"type": "object", "required": ["name"],
       "properties": {"children": {"type": "array", "items": {"$ref": "#"}}}}
      """;

  private static JsonNode json(String text) {
    return Json.MAPPER.readTree(text);
  }

  private static List<String> check(String schema, String value) throws EvaluationException {
    return JsonSchema.of(json(schema)).violations(RawJson.trusted(value.getBytes(UTF_8)), "value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref': '#'}",
        "{'allOf': [{'$ref': '#'}]}",
        "{'anyOf': [{'type': 'string'}, {'not': {'$ref': '#'}}]}",
        "{'if': {'required': ['x']}, 'then': {'$ref': '#'}}",
        "{'dependentSchemas': {'x': {'$ref': '#'}}}",
        "{'properties': {'x': {'$ref': '#/$defs/a~1b'}}, '$defs': {'a/b': {'$ref': '#c'},"
            + " 'c': {'$anchor': 'c', 'oneOf': [{'$ref': '#/properties/x'}]}}}"
      })
  void aSchemaThatAsksForItselfAboutTheSameValueIsRefusedAndItsCheckEnds(String quoted) {
    String schema = quoted.replace('\'', '"');
    assertThat(JsonSchema.problemOf(json(schema))).contains("without end");
    assertThatThrownBy(() -> check(schema, "{\"x\": {\"x\": 1}}"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("does not end");
  }

  @Test
  void aReferenceThatCannotBeFollowedIsNoCrash() {
    String schema = "{\"properties\": {\"x\": {\"$dynamicRef\": \"#\"}}}";
    assertThatThrownBy(() -> check(schema, "{\"x\": 1}"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("its schema cannot be used");
  }

  @Test
  void aSchemaOfATreeIsRightAndReachesAsDeepAsAValueMay() throws EvaluationException {
    assertThat(JsonSchema.problemOf(json(TREE))).isNull();
    String deep = "{\"name\": 1, \"children\": [".repeat(45) + "{}" + "]}".repeat(45);
    assertThat(check(TREE, deep)).hasSize(1).first().asString().contains("name");
  }

  @Test
  void namesOfPropertiesAndConstantsAreNoSchemas() {
    assertThat(
            JsonSchema.problemOf(
                json(
                    "{\"properties\": {\"$ref\": {\"type\": \"string\"}},"
                        + " \"const\": {\"allOf\": [{\"$ref\": \"#\"}]}}")))
        .isNull();
  }

  @Test
  void aSchemaThatDoublesItsWorkAtEveryLevelIsGivenUp() {
    StringBuilder schema = new StringBuilder("{\"$ref\": \"#/$defs/d0\", \"$defs\": {");
    for (int i = 0; i < 40; i++) {
      String next = "{\"$ref\": \"#/$defs/d" + (i + 1) + "\"}";
      schema.append("\"d" + i + "\": {\"allOf\": [" + next + ", " + next + "]}, ");
    }
    schema.append("\"d40\": {\"type\": \"string\"}}}");
    assertThatThrownBy(() -> check(schema.toString(), "\"x\""))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("too much work");
  }

  @Test
  void theLargestPayloadOfNumbersIsChecked() throws EvaluationException {
    String numbers = "[" + "1,".repeat(460_000) + "1]";
    String schema = "{\"items\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 5}}";
    assertThat(check(schema, numbers)).isEmpty();
  }

  @Test
  void aNumberThatNoTreeCanHoldIsNoCrash() {
    assertThatThrownBy(() -> check("{}", "{\"amount\": 1e9999999992}"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("value: the value cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'integer'}",
        "{'multipleOf': 0.01}",
        "{'multipleOf': 7}",
        "{'maximum': 5}",
        "{'const': 5}",
        "{'enum': [1, 2]}"
      })
  void aNumberThatATreeCanHoldAndNobodyCanWriteOutIsChecked(String quoted) {
    String schema = quoted.replace('\'', '"');
    for (String number : List.of("1e2000000000", "1e-2000000000")) {
      try {
        assertThat(check(schema, number)).hasSizeLessThan(2);
      } catch (EvaluationException e) {
        assertThat(e).hasMessageContaining("value");
      }
    }
  }
}
