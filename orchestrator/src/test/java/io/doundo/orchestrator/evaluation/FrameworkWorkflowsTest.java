package io.doundo.orchestrator.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.evaluation.PayloadPreview.Outcome;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workflows of the framework as the compiler and the evaluator see them: their values, errors. */
class FrameworkWorkflowsTest {

  private static CompiledRegistration compile(String document) {
    return RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
  }

  private static Orchestration definition(String document) {
    CompiledRegistration compiled = compile(document);
    assertThat(compiled.problems()).isEmpty();
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private static Map<String, Outcome> preview(
      String document, String payload, Map<String, String> results) {
    Map<String, RawJson> given = new HashMap<>();
    results.forEach((step, result) -> given.put(step, json(result)));
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    PayloadPreview.of(definition(document), json(payload), given, Instant.EPOCH)
        .forEach(line -> outcomes.put(line.step(), line.outcome()));
    return outcomes;
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }

  private static String transformed(String transformations, String payload) {
    Outcome outcome =
        preview(
                """
                name: w
                steps:
                  - id: shape
                    name: shape
                    type: DATA_TRANSFORM
                    config: {inputVariable: data, outputVariable: out, transformations: [%s]}
                """
                    .formatted(transformations),
                payload,
                Map.of())
            .get("shape");
    return outcome instanceof Outcome.Computed computed
        ? computed.result().toString()
        : String.valueOf(outcome);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{type: MAP, config: {fields: {n: name, c: address.city}}} | {\"name\":\"a\",\"address\":{\"city\":\"b\"}} | {\"n\":\"a\",\"c\":\"b\"}",
        "{type: MAP, config: {fields: {n: name}}} | [{\"name\":\"a\"},{\"name\":\"b\"}] | [{\"n\":\"a\"},{\"n\":\"b\"}]",
        "{type: FILTER, config: {field: score, operator: gte, value: 5}} | [{\"score\":4},{\"score\":5},{}] | [{\"score\":5}]",
        "{type: FILTER, config: {conditions: [{field: a, operator: eq, value: 1}, {field: b, operator: contains, value: x, logic: OR}]}} | [{\"a\":1},{\"b\":\"axe\"},{\"b\":[\"x\"]},{\"b\":\"q\"}] | [{\"a\":1},{\"b\":\"axe\"},{\"b\":[\"x\"]}]",
        "{type: RENAME, config: {fields: {old: new}}} | {\"old\":1,\"kept\":2} | {\"new\":1,\"kept\":2}",
        "{type: CALCULATE, config: {operation: MULTIPLY, fields: [qty, price], target: total}} | [{\"qty\":3,\"price\":1.5}] | [{\"qty\":3,\"price\":1.5,\"total\":4.5}]",
        "{type: CALCULATE, config: {operation: ADD, fields: [a, 10], target: b}} | {\"a\":1} | {\"a\":1,\"b\":11}",
        "{type: CALCULATE, config: {operation: SUM, field: n}} | [{\"n\":1},{\"n\":2}] | 3",
        "{type: CALCULATE, config: {operation: COUNT, target: n}} | [1,2] | {\"n\":2}",
        "{type: FORMAT, config: {format: UPPERCASE, field: name}} | {\"name\":\"ab\"} | {\"name\":\"AB\"}",
        "{type: FORMAT, config: {format: FIXED, digits: 1}} | 2.25 | \"2.3\"",
        "{type: MERGE, config: {sources: [more]}} | {\"a\":1} | {\"a\":1,\"b\":2}",
        "{type: SPLIT, config: {separator: ','}} | \"a,b\" | [\"a\",\"b\"]",
        "{type: SPLIT, config: {separator: '-', field: tags}} | {\"tags\":\"a-b\"} | {\"tags\":[\"a\",\"b\"]}",
        "{type: FILTER, config: {field: ok, operator: eq, value: true}}, {type: CALCULATE, config: {operation: COUNT}} | [{\"ok\":true},{\"ok\":false}] | 1"
      })
  void everyTransformationHasItsValue(String transformations, String data, String result) {
    assertThat(transformed(transformations, "{\"data\": " + data + ", \"more\": {\"b\": 2}}"))
        .isEqualTo("{\"out\":" + result + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"first\": \"ann\", \"qty\": 3}", "[{\"first\": \"ann\", \"qty\": 3}]"})
  void sixTransformationsFollowEachOther(String data) {
    String result =
        transformed(
            """
            {type: RENAME, config: {fields: {first: name}}},
            {type: CALCULATE, config: {operation: MULTIPLY, fields: [qty, 2], target: twice}},
            {type: FORMAT, config: {format: UPPERCASE, field: name}},
            {type: CALCULATE, config: {operation: ADD, fields: [qty, twice, 1], target: sum}},
            {type: MAP, config: {fields: {who: name, n: sum}}},
            {type: RENAME, config: {fields: {n: total}}}
            """,
            "{\"data\": " + data + "}");
    String one = "{\"who\":\"ANN\",\"total\":10}";
    assertThat(result)
        .isEqualTo("{\"out\":" + (data.startsWith("[") ? "[" + one + "]" : one) + "}");
  }

  @Test
  void aDozenTransformationsFitIntoOneStep() {
    String rename = "{type: RENAME, config: {fields: {a: a}}}";
    assertThat(
            transformed(String.join(",", Collections.nCopies(12, rename)), "{\"data\":{\"a\":1}}"))
        .isEqualTo("{\"out\":{\"a\":1}}");
  }

  private static final String CHECKED =
      """
      name: checked
      steps:
        - id: check
          name: check
          type: VALIDATION
          config:
            failOnFirstError: %s
            rules:
              - {field: lead.email, type: required, errorMessage: "no mail for {{lead.name}}"}
              - {field: lead.age, type: range, config: {min: 18, max: 99}}
              - {field: lead.age, type: type, config: {type: integer}, errorMessage: age is no number}
              - {field: lead.zip, type: pattern, config: {pattern: "^\\\\d{5}$"}, errorMessage: zip}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"name\":\"x\",\"email\":\"m\",\"age\":20,\"zip\":\"12345\"} | false | ",
        "{\"name\":\"x\",\"email\":\"m\"} | false | ",
        "{\"name\":\"x\"} | false | no mail for x",
        "{\"name\":\"x\",\"email\":\"m\",\"age\":17,\"zip\":\"1\"} | false | lead.age breaks the rule range; zip",
        "{\"name\":\"x\",\"email\":\"m\",\"age\":17,\"zip\":\"1\"} | true | lead.age breaks the rule range"
      })
  void aValidationNamesTheRulesThatAreBroken(String lead, String onlyFirst, String broken) {
    Outcome outcome =
        preview(CHECKED.formatted(onlyFirst), "{\"lead\": " + lead + "}", Map.of()).get("check");
    assertThat(outcome)
        .isEqualTo(broken == null ? new Outcome.Passed() : new Outcome.Failed(broken));
  }

  private static final String ROUTED =
      """
      {"name": "Routed Lead", "id": "routed", "steps": [
        {"id": "rate", "name": "Rate", "type": "FUNCTION_CALL", "order": 1,
         "config": {"functionName": "rate", "parameters": {"lead": "{{leadId}}"}}},
        {"id": "route", "name": "Route", "type": "CONDITIONAL", "order": 2,
         "config": {"conditions": [{"field": "score", "operator": "gt", "value": 700}],
                    "trueStepId": "fast", "falseStepId": "slow"}},
        {"id": "fast", "name": "Fast", "type": "FUNCTION_CALL", "order": 3,
         "config": {"functionName": "fast", "parameters": {"of": "{{rate.output.score}}"}}},
        {"id": "slow", "name": "Slow", "type": "FUNCTION_CALL", "order": 4,
         "config": {"functionName": "slow"}},
        {"id": "tell", "name": "Tell", "type": "FUNCTION_CALL", "order": 5,
         "config": {"functionName": "tell", "parameters": {"lead": "{{leadId}}", "at": "{{score}}"}}}]}
      """;

  @Test
  void theContextIsTheInputMergedWithTheOutputs() {
    Map<String, Outcome> outcomes =
        preview(
            ROUTED,
            "{\"leadId\": \"l-1\"}",
            Map.of("rate", "{\"score\": 701}", "fast", "{\"score\": 702}"));
    assertThat(outcomes.get("rate"))
        .isEqualTo(new Outcome.Sent(json("{\"lead\":\"l-1\"}"), java.util.Set.of()));
    assertThat(outcomes.get("route")).isInstanceOf(Outcome.Chosen.class);
    assertThat(outcomes.get("fast"))
        .isEqualTo(new Outcome.Sent(json("{\"of\":701}"), java.util.Set.of()));
    assertThat(outcomes.get("slow")).isInstanceOf(Outcome.NotTaken.class);
    assertThat(outcomes.get("tell"))
        .isEqualTo(new Outcome.Sent(json("{\"lead\":\"l-1\",\"at\":702}"), java.util.Set.of()));
  }

  @Test
  void theWorkflowIsStoredAsItCame() throws MalformedRecordException {
    Orchestration definition = definition(ROUTED);
    assertThat(definition.name()).isEqualTo("routed");
    assertThat(definition.presentation().title()).isEqualTo("Routed Lead");
    Orchestration stored = DefinitionCodec.decode(DefinitionCodec.encode(definition));
    assertThat(stored).isEqualTo(definition);
    String origin = stored.presentation().origin();
    assertThat(origin).isNotNull();
    assertThat(Json.MAPPER.readTree(origin).get("steps"))
        .isEqualTo(Json.MAPPER.readTree(ROUTED).get("steps"));
  }

  @Test
  void theStatusIsNoPartOfTheContent() {
    String draft = ROUTED.replaceFirst("\"id\"", "\"status\": \"DRAFT\", \"id\"");
    Defined drafted = (Defined) compile(draft).results().get(0);
    assertThat(drafted.status()).isEqualTo(OrchestrationStatus.DRAFT);
    assertThat(drafted.orchestration().id()).isEqualTo(definition(ROUTED).id());
  }

  @Test
  void requestsAndWebhooksCompile() {
    String document =
        """
        {"name": "Submit Lead to Multiple Carriers", "category": "lead_distribution",
         "status": "ACTIVE",
         "triggers": [{"type": "EVENT", "config": {"eventType": "lead.qualified"},
                       "isEnabled": true}],
         "steps": [
           {"id": "step_1", "name": "Get Lead", "type": "HTTP_REQUEST", "order": 1,
            "config": {"method": "GET", "url": "http://localhost:3000/api/v1/leads/{{leadId}}",
                       "headers": {"X-Tenant": "{{tenant}}"},
                       "extractResponse": {"type": "JSON_PATH", "path": "$.data.id",
                                           "variableName": "crmId"}}},
           {"id": "step_2", "name": "Submit", "type": "HTTP_REQUEST", "order": 2, "timeout": 5000,
            "config": {"method": "POST", "url": "http://carrier/leads", "body": {"id": "{{crmId}}"},
                       "query": {"dry": true}, "expectedStatusCode": [200, 201]},
            "retryPolicy": {"maxAttempts": 3, "strategy": "EXPONENTIAL", "initialDelay": 1000,
                            "maxDelay": 10000, "backoffMultiplier": 2}},
           {"id": "step_3", "name": "Tell", "type": "WEBHOOK_CALL", "order": 3,
            "config": {"url": "http://partner/hook", "bodyVariable": "crmId"}},
           {"id": "step_4", "name": "Tell", "type": "WEBHOOK_CALL", "order": 4,
            "config": {"url": "/hook", "connection": "partner"}}]}
        """;
    CompiledRegistration compiled = compile(document);
    assertThat(compiled.problems()).isEmpty();
    assertThat(((Defined) compiled.results().get(0)).orchestration().steps())
        .extracting(step -> step.work().kind())
        .containsExactly("http", "http", "http", "webhook");
    assertThat(compiled.results().get(0).warnings())
        .anySatisfy(warning -> assertThat(warning).contains("step_2 is not undone"))
        .anySatisfy(warning -> assertThat(warning).contains("step_3 sends its request unsigned"));
  }

  @Test
  void aRegularExpressionThatIsNoneIsRefusedAtItsField() {
    String document =
        """
        {name: w, steps: [{id: a, name: a, type: HTTP_REQUEST, config: {method: GET, url: "http://x/",
          extractResponse: {type: REGEX, path: "%s", variableName: v}}}]}
        """;
    assertThat(compile(document.formatted("id=([0-9]{1,3})")).problems()).isEmpty();
    for (String unusable : List.of("(", "a(?=b)", "(a)\\\\1")) {
      assertThat(compile(document.formatted(unusable)).problems())
          .as(unusable)
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo("steps[0].config.extractResponse.path");
                assertThat(problem.message()).contains("is not valid");
              });
    }
  }

  @Test
  void everyKindOfStepCompiles() {
    String all =
        """
        name: all kinds
        errorHandlers:
          - {stepId: call, errorTypes: [], handlerStepId: rescue, shouldContinue: false}
        steps:
          - {id: call, name: c, type: FUNCTION_CALL, order: 1, config: {functionName: f},
             retryPolicy: {maxAttempts: 2, strategy: LINEAR, initialDelay: 100, maxDelay: 1000,
                           backoffMultiplier: 2, retryableErrors: ["a.b"]}, timeout: 1500}
          - {id: rescue, name: r, type: ERROR_HANDLER, order: 2}
          - {id: each, name: e, type: FOR_EACH, order: 3,
             config: {inputVariable: list, itemVariable: item, steps: [one], maxConcurrency: 2}}
          - {id: one, name: o, type: FUNCTION_CALL, order: 4,
             config: {functionName: g, parameters: {x: "{{item.x}}", id: "{{leadId}}"}}}
          - {id: lanes, name: l, type: PARALLEL, order: 5, config: {steps: [w1, w2]},
             conditions: [{field: go, operator: eq, value: true}]}
          - {id: w1, name: w, type: WAIT, order: 6, config: {duration: 1, unit: SECONDS}}
          - {id: w2, name: w, type: WAIT, order: 7, config: {duration: 2, unit: SECONDS}}
          - {id: race, name: l, type: PARALLEL, order: 8, config: {steps: [r1, r2], waitForAll: false}}
          - {id: r1, name: w, type: WAIT, order: 9, config: {duration: 1, unit: SECONDS}}
          - {id: r2, name: w, type: FUNCTION_CALL, order: 10, config: {functionName: h}}
        """;
    Orchestration definition = definition(all);
    assertThat(definition.allSteps().stream().map(step -> step.name()))
        .contains("call", "rescue", "call-handled", "each", "one", "lanes", "w1", "race", "r2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{id: a, type: FUNCTION_CALL, config: {functionName: f, parameters: {x: '{{ b.output.x }}'}}}, {id: b, type: WAIT, config: {duration: 1, unit: SECONDS}} | steps[0].config.parameters.x",
        "{id: a, type: FUNCTION_CALL, config: {functionName: f}, retryPolicy: {maxAttempts: 0}} | steps[0].retryPolicy.maxAttempts",
        "{id: a, type: WAIT, config: {duration: 99999, unit: HOURS}} | steps[0].config.duration",
        "{id: a, type: WAIT, config: {duration: 1, unit: SECONDS}, conditions: [{field: x, operator: regex, value: '('}]} | steps[0].conditions",
        "{id: a, type: FOR_EACH, config: {inputVariable: l, itemVariable: payload, steps: [b]}}, {id: b, type: WAIT, config: {duration: 1, unit: SECONDS}} | steps[0].config.itemVariable"
      })
  void whatOurRulesRefuseIsToldWithTheFieldOfTheFramework(String steps, String path) {
    CompiledRegistration compiled = compile("{name: w, steps: [" + steps + "]}");
    assertThat(compiled.problems()).extracting(Problem::path).contains(path);
  }

  @Test
  void aDocumentWithANameOfOursIsOurs() {
    CompiledRegistration compiled =
        compile("{orchestrationName: o, steps: [{name: a, type: WAIT}]}");
    assertThat(compiled.accepted()).isTrue();
    assertThat(((Defined) compiled.results().get(0)).orchestration().presentation().origin())
        .isNull();
  }
}
