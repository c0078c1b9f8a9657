package io.doundo.orchestrator.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.template.TemplateFilling.Filled;
import io.doundo.protocol.json.Json;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a template and values. */
class TemplateFillingTest {

  private static final String PARAMETERS =
      """
      parameters:
        - { name: host, type: string, required: true }
        - { name: most, type: number, defaultValue: 3 }
        - { name: tags, type: array }
        - { name: note, type: string }
        - { name: body, type: object }
      """;

  private static TemplateContent template(String definition) {
    TemplateReader.Outcome read =
        TemplateReader.read(
            ("name: t\n" + PARAMETERS + "definition: " + definition).getBytes(UTF_8));
    assertThat(read.problems()).isEmpty();
    return Objects.requireNonNull(read.content());
  }

  private static Filled fill(String definition, String values) {
    return TemplateFilling.fill(template(definition), (ObjectNode) Json.MAPPER.readTree(values));
  }

  @Test
  void aTextThatIsOnePlaceholderBecomesTheValueAndOthersItsText() {
    Filled filled =
        fill(
            """
            { steps: [ { url: "https://{{param.host}}/{{ payload.id }}?most={{ param.most }}&tags={{ param.tags }}",
                         most: "{{ param.most }}", tags: "{{ param.tags }}", body: "{{ param.body }}",
                         note: "{{ param.note }}", text: "[{{ param.note }}]",
                         list: [ "{{ param.note }}", 1 ], other: "{{ input.param }}", flag: true } ] }
            """,
            "{\"host\": \"a$1\\\\b\", \"tags\": [1, \"x\"], \"body\": {\"a\": {\"b\": 1}}}");
    assertThat(Objects.requireNonNull(filled.definition()).toString())
        .isEqualTo(
            "{\"steps\":[{\"url\":\"https://a$1\\\\b/{{ payload.id }}?most=3&tags=[1,\\\"x\\\"]\","
                + "\"most\":3,\"tags\":[1,\"x\"],\"body\":{\"a\":{\"b\":1}},\"text\":\"[]\","
                + "\"list\":[1],\"other\":\"{{ input.param }}\",\"flag\":true}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parameterValues.host: is missing | {}",
        "parameterValues.host: must be a text | {\"host\": 1}",
        "parameterValues.most: must be a number | {\"host\": \"h\", \"most\": \"3\"}",
        "parameterValues.tags: must be a list | {\"host\": \"h\", \"tags\": {}}",
        "parameterValues.body: must be an object | {\"host\": \"h\", \"body\": []}",
        "parameterValues.hots: there is no such parameter; the template has [host, most, tags, note, body] | {\"host\": \"h\", \"hots\": \"h\"}",
        "parameterValues.host: must not contain \"{{\" | {\"host\": \"{{ payload.host }}\"}",
        "parameterValues.body: must not contain \"{{\" | {\"host\": \"h\", \"body\": {\"a\": [\"{{ x }}\"]}}"
      })
  void aValueThatDoesNotFitIsRefused(String problem, String values) {
    Filled filled = fill("{ steps: [] }", values);
    assertThat(filled.definition()).isNull();
    assertThat(filled.problems())
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .startsWith(problem);
  }

  @Test
  void noValueMakesAHugeDocument() {
    String many = "\"{{ param.note }}\",".repeat(1_000);
    Filled filled =
        fill(
            "{ steps: [" + many.substring(0, many.length() - 1) + "] }",
            "{\"host\": \"h\", \"note\": \"" + "x".repeat(10_000) + "\"}");
    assertThat(filled.problems())
        .extracting(Problem::message)
        .containsExactly("make the definition larger than 934,464 bytes");
  }

  @Test
  void aWorkflowGetsATitleAndAnOrchestrationItsName() {
    ObjectNode workflow =
        (ObjectNode)
            Json.MAPPER.readTree(
                "{\"id\": \"t\", \"name\": \"T\", \"metadata\": {\"a\": 1, \"b\": 1}, \"steps\":"
                    + " [{\"id\": \"w\", \"type\": \"WAIT\"}]}");
    ObjectNode metadata = (ObjectNode) Json.MAPPER.readTree("{\"b\": 2}");
    assertThat(TemplateFilling.named(workflow, "My flow", metadata).toString())
        .isEqualTo(
            "{\"name\":\"My flow\",\"metadata\":{\"a\":1,\"b\":2},\"steps\":[{\"id\":\"w\",\"type\":\"WAIT\"}]}");
    assertThat(workflow.path("metadata").path("b").asInt()).as("the template's own").isEqualTo(1);
    ObjectNode ours = (ObjectNode) Json.MAPPER.readTree("{\"steps\": [{\"name\": \"w\"}]}");
    assertThat(TemplateFilling.named(ours, "myFlow", null).toString())
        .isEqualTo("{\"steps\":[{\"name\":\"w\"}],\"orchestrationName\":\"myFlow\"}");
  }
}
