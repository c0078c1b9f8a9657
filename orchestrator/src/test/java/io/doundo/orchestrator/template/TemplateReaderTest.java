package io.doundo.orchestrator.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which documents are templates, and what is said of the others. */
class TemplateReaderTest {

  private static final String LEAD =
      """
      id: leadTemplate
      name: Send a lead
      description: to one carrier
      category: leads
      isPublic: true
      parameters:
        - { name: carrier, type: STRING, required: true, description: the host of the carrier }
        - { name: attempts, type: integer, required: false, defaultValue: 3 }
      definition:
        name: Send a lead
        steps:
          - id: send
            name: Send
            type: HTTP_REQUEST
            config: { method: POST, url: "https://{{ param.carrier }}/leads", undo: none }
            retryPolicy:
              { maxAttempts: "{{ param.attempts }}", strategy: FIXED, initialDelay: 10, maxDelay: 10,
                backoffMultiplier: 1 }
      """;

  private static TemplateContent content(String document) {
    TemplateReader.Outcome read = TemplateReader.check(document.getBytes(UTF_8));
    assertThat(read.problems()).isEmpty();
    return Objects.requireNonNull(read.content());
  }

  @Test
  void aTemplateIsStoredAndReadBack() throws Exception {
    Instant now = Instant.parse("2026-11-29T10:15:30Z");
    Template template = Template.created(content(LEAD), now);
    byte[] stored = Json.MAPPER.writeValueAsBytes(template.json());
    assertThat(Template.read(stored)).isEqualTo(template);
    Template next = template.changed(content(LEAD), now.plusSeconds(1));
    assertThat(next.version()).isEqualTo(2);
    assertThat(next.createdAt()).isEqualTo(now);
    assertThat(next.json().path("parameters").toString())
        .isEqualTo(
            "[{\"name\":\"carrier\",\"type\":\"STRING\",\"required\":true,\"description\":\"the host"
                + " of the carrier\"},{\"name\":\"attempts\",\"type\":\"integer\",\"required\":false,"
                + "\"defaultValue\":3}]");
  }

  @Test
  void anIdIsMadeOfTheNameWhenNoneIsGiven() {
    assertThat(content(LEAD.replace("id: leadTemplate\n", "")).id()).isEqualTo("send-a-lead");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: is missing | {definition: {steps: []}}",
        "definition: is missing | {name: a}",
        "definition: must be an object | {name: a, definition: []}",
        "definition: must be one workflow or one orchestration | {name: a, definition: {name: b}}",
        "id: must begin with a letter | {id: 1, name: a, definition: {steps: []}}",
        "owner: unknown field | {name: a, owner: b, definition: {steps: []}}",
        "isPublic: must be true or false | {name: a, isPublic: 1, definition: {steps: []}}",
        "parameters: must be a list | {name: a, parameters: {}, definition: {steps: []}}",
        "parameters[0]: must be an object | {name: a, parameters: [1], definition: {steps: []}}",
        "parameters[0].type: must be string | {name: a, parameters: [{name: x, type: date}], definition: {steps: []}}",
        "parameters[0].name: must have letters | {name: a, parameters: [{name: x-y, type: string}], definition: {steps: []}}",
        "parameters[1].name: the parameter \"x\" is there twice | {name: a, parameters: [{name: x, type: string}, {name: x, type: number}], definition: {steps: []}}",
        "parameters[0].defaultValue: must be a whole number | {name: a, parameters: [{name: x, type: integer, defaultValue: 1.5}], definition: {steps: []}}",
        "parameters[0].defaultValue: must not contain \"{{\" | {name: a, parameters: [{name: x, type: string, defaultValue: '{{ payload.x }}'}], definition: {steps: []}}",
        "definition.steps[0].name: there is no parameter \"x\" | {name: a, definition: {steps: [{name: '{{ param.x }}'}]}}",
        "definition.steps[0].name: must be {{ param.name }} | {name: a, definition: {steps: [{name: '{{ param.x + 1 }}'}]}}",
        "a parameter must not stand in the name of a field | {name: a, parameters: [{name: x, type: string, required: true}], definition: {steps: [{'{{ param.x }}': 1}]}}",
        "a template must be an object | [1]"
      })
  void aMistakeIsToldWithItsPlace(String problem, String document) {
    assertThat(TemplateReader.check(document.getBytes(UTF_8)).problems())
        .extracting(Problem::toString)
        .anySatisfy(
            text ->
                assertThat(text.replaceAll(" \\(line \\d+, column \\d+\\)", "")).contains(problem));
  }

  @Test
  void aProblemKnowsItsLine() {
    Problem problem =
        TemplateReader.check(LEAD.replace("type: integer", "type: int").getBytes(UTF_8))
            .problems()
            .get(0);
    assertThat(problem.path()).isEqualTo("parameters[1].type");
    assertThat(problem.line()).isEqualTo(8);
  }

  @Test
  void whatCanBeMadeWithoutValuesIsCompiled() {
    String complete =
        LEAD.replace("required: true", "required: true, defaultValue: carrier.example");
    content(complete);
    assertThat(
            TemplateReader.check(complete.replace("method: POST", "method: FETCH").getBytes(UTF_8))
                .problems())
        .extracting(Problem::path)
        .containsExactly("definition.steps[0].config.method");
    content(LEAD.replace("method: POST", "method: FETCH"));
  }

  @Test
  void aDocumentThatIsTooLargeIsRefusedAsARegistrationIs() {
    byte[] large = (LEAD + "#" + "x".repeat(DocumentReader.MAX_BYTES)).getBytes(UTF_8);
    assertThat(TemplateReader.check(large).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("at most 934,464 are allowed");
  }
}
