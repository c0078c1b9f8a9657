package io.doundo.orchestrator.definition.compiler.framework;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect.Translated;
import io.doundo.protocol.json.Json;
import java.util.Collections;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What each part of the framework's documents becomes in ours. */
class FrameworkDialectTest {

  /** The steps of a workflow with these steps. */
  private static JsonNode steps(String steps) {
    Translated translated = translate("{name: w, steps: [" + steps + "]}");
    assertThat(translated.problems()).isEmpty();
    return LocatedJson.of(translated.registration(), "").tree().get("steps");
  }

  private static Translated translate(String workflow) {
    Mapping root =
        (Mapping) DocumentReader.read(workflow.getBytes(UTF_8)).documents().get(0).root();
    assertThat(FrameworkDialect.isWorkflow(root)).isTrue();
    return FrameworkDialect.translate(root, "", 0);
  }

  private static void assertBecomes(String theirs, String ours) {
    assertThat(steps(theirs).toPrettyString()).isEqualTo(yaml("[" + ours + "]").toPrettyString());
  }

  private static JsonNode yaml(String text) {
    Mapping document =
        (Mapping)
            DocumentReader.read(("{x: " + text + "}").getBytes(UTF_8)).documents().get(0).root();
    return LocatedJson.of(Objects.requireNonNull(document.fields().get("x")).value(), "").tree();
  }

  @Test
  void aWorkflowIsAnOrchestration() {
    Translated translated =
        translate(
            """
            {"name": "Submit Lead to Multiple Carriers", "description": "all of them",
             "category": "lead_distribution", "status": "PAUSED", "timeout": 60000,
             "metadata": {"owner": "sales"},
             "triggers": [
               {"type": "MANUAL", "config": {}, "isEnabled": true},
               {"type": "SCHEDULE", "config": {"cron": "0 2 * * *", "timezone": "Europe/Berlin"},
                "isEnabled": true},
               {"type": "SCHEDULE", "config": {"cron": "0 3 * * *"}, "isEnabled": false},
               {"type": "EVENT", "config": {"eventType": "lead.qualified"}, "isEnabled": true}],
             "steps": [{"id": "step_1", "name": "Call", "type": "FUNCTION_CALL", "order": 1,
                        "config": {"functionName": "call", "parameters": {"to": "{{leadId}}"}}}]}
            """);
    assertThat(translated.problems()).isEmpty();
    assertThat(LocatedJson.of(translated.registration(), "").tree().toPrettyString())
        .isEqualTo(
            yaml("""
                    {orchestrationName: submit-lead-to-multiple-carriers,
                     title: Submit Lead to Multiple Carriers, vocabulary: "2",
                     description: all of them, category: lead_distribution, status: paused,
                     timeout: 60000ms,
                     steps: [{name: step_1, objectType: call, input: {to: "{{ input.leadId }}"},
                              undo: none}],
                     triggers: [
                       {name: schedule-2, schedule: {cron: 0 2 * * *, zone: Europe/Berlin}},
                       {name: event-4, event: {
                          when: 'event.type == "lead.qualified"',
                          payload: "{{ event.data }}"}}]}
                    """)
                .toPrettyString());
    assertThat(Json.MAPPER.readTree(translated.origin()).propertyNames())
        .contains("name", "metadata", "triggers", "steps")
        .doesNotContain("status", "id", "version");
  }

  @Test
  void anHttpRequestIsAnHttpStep() {
    assertBecomes(
        """
        {id: step_1, name: Create Lead, type: HTTP_REQUEST, order: 1, timeout: 2000,
         config: {method: POST, url: "http://crm/leads/{{lead.id}}", query: {"v n": "a&b {{user}}", by: "{{user}}"},
                  headers: {X-Tenant: "{{tenant}}"}, body: {name: "{{lead.name}}", n: 3},
                  expectedStatusCode: 201,
                  extractResponse: {type: JSON_PATH, path: "$.data.ids[0]", variableName: crmId},
                  undo: {http: {delete: "http://crm/leads/{{ result.crmId }}"}}},
         retryPolicy: {maxAttempts: 5, strategy: EXPONENTIAL, initialDelay: 1000, maxDelay: 30000,
                       backoffMultiplier: 3, retryableErrors: [ECONNRESET, "HTTP 5.."]}}
        """,
        """
        {name: step_1,
         http: {method: post,
                url: "http://crm/leads/{{ input.lead.id }}?v%20n=a%26b%20{{ input.user }}&by={{ input.user }}",
                headers: {X-Tenant: "{{ input.tenant }}"},
                body: {name: "{{ input.lead.name }}", n: 3}, ok: "response.status in [201]",
                result: {crmId: "{{ response.body.data.ids[0] }}"}},
         undo: {http: {delete: "http://crm/leads/{{ result.crmId }}"}},
         timeout: 2000ms,
         retry: {strategy: exponential, maxAttempts: 5, delay: 1000ms, maxDelay: 30000ms, factor: 3,
                 retryOn: [ECONNRESET, 'HTTP 5\\.\\.']}}
        """
            .replace("\\\\", "\\"));
  }

  @ParameterizedTest
  @CsvSource({
    "LINEAR, linear, ''",
    "EXPONENTIAL, exponential, ', factor: 3'",
    "FIXED, fixed, ''",
    "NONE, none, ''"
  })
  void eachStrategyOfRetryingIsOneOfOurs(String theirs, String ours, String factor) {
    assertBecomes(
        """
        {id: call, name: Call, type: FUNCTION_CALL, order: 1, config: {functionName: f},
         retryPolicy: {maxAttempts: 4, strategy: %s, initialDelay: 100, maxDelay: 900,
                       backoffMultiplier: 3}}
        """
            .formatted(theirs),
        """
        {name: call, objectType: f, undo: none,
         retry: {strategy: %s, maxAttempts: 4, delay: 100ms, maxDelay: 900ms%s}}
        """
            .formatted(ours, factor));
  }

  @Test
  void whatIsNotUndoneIsWarnedOfByName() {
    Translated translated =
        translate(
            """
            name: w
            steps:
              - {id: read, name: r, type: HTTP_REQUEST, config: {method: GET, url: "http://a/"}}
              - {id: write, name: w, type: HTTP_REQUEST, config: {method: PUT, url: "http://a/"}}
              - {id: call, name: c, type: FUNCTION_CALL, config: {functionName: f}}
              - {id: kept, name: c, type: FUNCTION_CALL, config: {functionName: f, undo: command}}
              - {id: said, name: c, type: FUNCTION_CALL, config: {functionName: f, undo: none}}
            """);
    assertThat(translated.warnings())
        .hasSize(2)
        .anySatisfy(
            warning ->
                assertThat(warning).startsWith("steps[1].config (line 4): write is not undone"))
        .anySatisfy(warning -> assertThat(warning).contains("call is not undone"));
    JsonNode steps = LocatedJson.of(translated.registration(), "").tree().get("steps");
    assertThat(steps)
        .extracting(step -> step.path("undo").asString("its command"))
        .containsExactly("none", "none", "none", "its command", "none");
  }

  @Test
  void aWebhookWithAConnectionIsSignedAndAnyOtherIsARequest() {
    assertBecomes(
        """
        {id: tell, name: t, type: WEBHOOK_CALL,
         config: {url: /hook, connection: partner, bodyVariable: lead}},
        {id: post, name: t, type: WEBHOOK_CALL, config: {url: "http://a/", method: PUT, timeout: 500}}
        """,
        """
        {name: tell, webhook: {body: "{{ input.lead }}", connection: partner, url: /hook}, undo: none},
        {name: post, http: {body: "{{ input }}", method: put, url: "http://a/"},
         timeout: 500ms, undo: none}
        """);
  }

  @Test
  void aConditionalIsAChoiceAndItsStepsLeaveTheMainOrder() {
    assertBecomes(
        """
        {id: rich, name: r, type: WAIT, order: 1, config: {duration: 1, unit: SECONDS}},
        {id: route, name: r, type: CONDITIONAL, order: 2,
         config: {conditions: [{field: score, operator: gt, value: 700},
                               {field: lead.country, operator: in, value: [DE, AT], logic: AND},
                               {field: vip, operator: eq, value: true, logic: OR}],
                  trueStepId: rich}},
        {id: after, name: a, type: WAIT, order: 3, config: {duration: 5, unit: MINUTES},
         conditions: [{field: late, operator: ne, value: "no"}]}
        """,
        """
        {name: route,
         choice: [
           {when: '(((input.?score.orValue(null) != null && input.?score.orValue(null) > 700) && (input.?lead.?country.orValue(null) in ["DE", "AT"])) || (input.?vip.orValue(null) == true))',
            do: [{name: rich, wait: 1s}]},
           {else: []}]},
        {name: after, when: '(input.?late.orValue(null) != "no")', wait: 5m}
        """);
  }

  @Test
  void parallelStepsAreLanesAndWithoutWaitingARace() {
    assertBecomes(
        """
        {id: all, name: a, type: PARALLEL, order: 1,
         config: {steps: [a, b], waitForAll: true, maxConcurrency: 1}},
        {id: any, name: a, type: PARALLEL, order: 2, config: {steps: [c, d], waitForAll: false}},
        {id: a, name: a, type: WAIT, order: 3, config: {duration: 1, unit: HOURS}},
        {id: b, name: b, type: WAIT, order: 4, config: {duration: 1, unit: HOURS}},
        {id: c, name: c, type: WAIT, order: 5, config: {duration: 1, unit: HOURS}},
        {id: d, name: d, type: WAIT, order: 6, config: {duration: "{{n}}", unit: MILLISECONDS}}
        """,
        """
        {name: all, parallel: [[{name: a, wait: 1h}], [{name: b, wait: 1h}]], atOnce: 1},
        {name: any, firstOf: {c: [{name: c, wait: 1h}], d: [{name: d, wait: "{{ input.n }}ms"}]}}
        """);
  }

  @Test
  void aListIsAForEachWhoseItemHasItsName() {
    assertBecomes(
        """
        {id: each, name: e, type: FOR_EACH, order: 1,
         config: {inputVariable: carriers, itemVariable: carrier, steps: [send, log], maxConcurrency: 3}},
        {id: send, name: s, type: FUNCTION_CALL, order: 2,
         config: {functionName: send, parameters: {to: "{{carrier.url}}", lead: "{{leadId}}"}}},
        {id: log, name: s, type: FUNCTION_CALL, order: 3,
         config: {functionName: log, parameters: "{{send.output.id}} of {{carrier.items[0]}}"}}
        """,
        """
        {name: each, forEach: input.carriers, as: carrier, atOnce: 3,
         do: [{name: send, objectType: send,
               input: {to: "{{ carrier.url }}", lead: "{{ input.leadId }}"}, undo: none},
              {name: log, objectType: log,
               input: "{{ steps.`send`.result.id }} of {{ carrier.items[0] }}", undo: none}]}
        """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eq       | 5        | (input.?a.?b.orValue(null) == 5)",
        "ne       | 'x'      | (input.?a.?b.orValue(null) != \"x\")",
        "lt       | 1.5      | (input.?a.?b.orValue(null) != null && input.?a.?b.orValue(null) < 1.5)",
        "gte      | \"{{c}}\"| (input.?a.?b.orValue(null) != null && input.?a.?b.orValue(null) >= input.c)",
        "in       | [1, z]   | (input.?a.?b.orValue(null) in [1, \"z\"])",
        "not_in   | [1]      | !(input.?a.?b.orValue(null) in [1])",
        "regex    | '^a\\d'  | (input.?a.?b.orValue(null) != null && string(input.?a.?b.orValue(null)).matches(\"^a\\\\d\"))",
      })
  void everyOperatorIsAnExpression(String operator, String value, String expression) {
    JsonNode step =
        steps(
                "{id: s, name: s, type: WAIT, config: {duration: 1, unit: SECONDS},"
                    + " conditions: [{field: a.b, operator: %s, value: %s}]}"
                        .formatted(operator, value))
            .get(0);
    assertThat(step.get("when").stringValue()).isEqualTo(expression);
  }

  @Test
  void anErrorHandlerIsCalledAndTheFlowGoesOnIfItMay() {
    assertBecomes(
        """
        {id: risky, name: r, type: FUNCTION_CALL, order: 1, config: {functionName: f, undo: none}},
        {id: rescue, name: r, type: ERROR_HANDLER, order: 2, config: {functionName: g, undo: none}}
        """
            + "], errorHandlers: [{stepId: risky, errorTypes: [TIMEOUT], handlerStepId: rescue, shouldContinue: true}",
        """
        {name: risky, onFailure: continue, objectType: f, undo: none},
        {name: rescue,
         when: '(steps.`risky`.failed && ["TIMEOUT"].exists(one, string(steps.`risky`.?error.orValue("")).contains(one)))',
         objectType: g, undo: none},
        {name: risky-handled,
         validate: [{that: '!steps.`risky`.failed || (steps.`risky`.failed && ["TIMEOUT"].exists(one, string(steps.`risky`.?error.orValue("")).contains(one)))',
                     message: 'risky failed: {{ steps.`risky`.?error.orValue("") }}'}]}
        """);
  }

  @Test
  void whatDependsOnAStepWaitsForItsErrorHandlersToo() {
    Translated translated =
        translate(
            """
            name: w
            errorHandlers: [{stepId: charge, shouldContinue: false}]
            steps:
              - {id: ship, name: s, type: WAIT, config: {duration: 1, unit: SECONDS}, dependsOn: [charge]}
              - {id: charge, name: c, type: FUNCTION_CALL, config: {functionName: f, undo: none}}
            """);
    JsonNode steps = LocatedJson.of(translated.registration(), "").tree().get("steps");
    assertThat(steps)
        .extracting(step -> step.get("name").stringValue() + step.path("dependsOn"))
        .containsExactly("ship[\"charge-handled\"]", "charge", "charge-handled[\"charge\"]");
  }

  @Test
  void aFilterComparesWithTheVariablesAroundIt() {
    assertThat(
            steps(
                    """
                    {id: each, type: FOR_EACH, order: 1,
                     config: {inputVariable: l, itemVariable: lead, steps: [fit]}},
                    {id: fit, type: DATA_TRANSFORM, order: 2,
                     config: {inputVariable: carriers, outputVariable: out, transformations: [
                       {type: FILTER, config: {field: zip, operator: eq, value: "{{lead.zip}}"}}]}}
                    """)
                .at("/0/do/0/set/out")
                .stringValue())
        .contains("== lead.zip");
  }

  @Test
  void noDocumentMakesTextsManyTimesItsLength() {
    String rename = "{type: RENAME, config: {fields: {a: b}}}";
    assertTooLong(
        "DATA_TRANSFORM, config: {inputVariable: x, outputVariable: y, transformations: ["
            + String.join(",", Collections.nCopies(1_000, rename))
            + "]}");
    String rule = "{field: x, type: required}";
    assertTooLong(
        "VALIDATION, config: {failOnFirstError: true, rules: ["
            + String.join(",", Collections.nCopies(12_000, rule))
            + "]}");
    String condition = "{field: x, operator: eq, value: 1}";
    assertTooLong(
        "WAIT, config: {duration: 1, unit: SECONDS}, conditions: ["
            + String.join(",", Collections.nCopies(12_000, condition))
            + "]");
    Translated open =
        translate(
            "{name: w, steps: [{id: a, type: WAIT, config: {unit: SECONDS, duration: '%s'}}]}"
                .formatted("{{".repeat(400_000)));
    assertThat(open.problems()).isEmpty();
  }

  @Test
  void allStepsTogetherRepeatTheirRulesOnlyUpToTheSizeOfADocument() {
    String rules = String.join(",", Collections.nCopies(40, "{field: x, type: required}"));
    String steps =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    "{id: s%d, type: VALIDATION, config: {failOnFirstError: true, rules: [%s]}}"
                        .formatted(i, rules))
            .collect(Collectors.joining(", "));
    Translated translated = translate("{name: w, steps: [" + steps + "]}");
    assertThat(translated.problems())
        .isNotEmpty()
        .allSatisfy(
            problem -> assertThat(problem.message()).contains("longer than a document may be"));
    assertThat(LocatedJson.of(translated.registration(), "").tree().toString().length())
        .isLessThan(3_000_000);
  }

  private static void assertTooLong(String step) {
    Translated translated = translate("{name: w, steps: [{id: a, type: " + step + "}]}");
    assertThat(translated.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("more than 4,000 characters"));
    assertThat(LocatedJson.of(translated.registration(), "").tree().toString().length())
        .isLessThan(1_000_000);
  }

  @Test
  void dependenciesAndJumpsAreEdgesOfAGraph() {
    Translated dependent =
        translate(
            """
            name: w
            steps:
              - {id: a, name: a, type: WAIT, config: {duration: 1, unit: SECONDS}}
              - {id: b, name: b, type: WAIT, config: {duration: 1, unit: SECONDS}}
              - {id: c, name: c, type: WAIT, config: {duration: 1, unit: SECONDS}, dependsOn: [a, b]}
            """);
    JsonNode graph = LocatedJson.of(dependent.registration(), "").tree();
    assertThat(graph.get("type").stringValue()).isEqualTo("graph");
    assertThat(graph.at("/steps/2/dependsOn").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(graph.at("/steps/0").has("dependsOn")).isFalse();
    assertThat(
            LocatedJson.of(
                    translate(
                            """
                            name: w
                            steps:
                              - {id: a, name: a, type: WAIT, config: {duration: 1, unit: SECONDS}, nextStepId: b}
                              - {id: b, name: b, type: WAIT, config: {duration: 1, unit: SECONDS}}
                            """)
                        .registration(),
                    "")
                .tree()
                .has("type"))
        .as("the next one in the order anyway")
        .isFalse();
  }

  @Test
  void aStepThatCallsSomebodyMayNameItsBreaker() {
    assertBecomes(
        """
        {id: a, name: a, type: HTTP_REQUEST, config: {method: GET, url: u, breaker: crm}},
        {id: b, name: b, type: WEBHOOK_CALL, config: {url: u, connection: c, breaker: partner}},
        {id: c, name: c, type: FUNCTION_CALL, config: {functionName: f, undo: none, breaker: bank}}
        """,
        """
        {name: a, http: {method: get, url: u}, breaker: crm, undo: none},
        {name: b, webhook: {body: "{{ input }}", connection: c, url: u}, breaker: partner, undo: none},
        {name: c, objectType: f, breaker: bank, undo: none}
        """);
  }

  @Test
  void aWebhookTriggerTakesTheBodyOfARequestThatIsVerified() {
    String step = "steps: [{id: a, name: a, type: WAIT, config: {duration: 1, unit: SECONDS}}]";
    Translated translated =
        translate(
            "{name: My Hook, triggers: [{type: WEBHOOK, isEnabled: true, config: {path: /in, method:"
                + " POST}}, {type: WEBHOOK, name: signed, isEnabled: true, config: {verify: standard,"
                + " secret: partner-hook}}], "
                + step
                + "}");
    assertThat(translated.problems()).isEmpty();
    assertThat(
            LocatedJson.of(translated.registration(), "").tree().get("triggers").toPrettyString())
        .isEqualTo(
            yaml("""
                    [{name: webhook-1, webhook: {verify: apiKey, payload: '{{ event.body }}'}},
                     {name: signed, webhook: {verify: standard, secret: partner-hook,
                                              payload: '{{ event.body }}'}}]
                    """)
                .toPrettyString());
    assertThat(translated.warnings())
        .hasSize(2)
        .allSatisfy(
            warning ->
                assertThat(warning)
                    .contains("has no meaning: requests go to POST /api/hooks/my-hook/webhook-1"));
    assertThat(
            translate(
                    "{name: w, triggers: [{type: WEBHOOK, isEnabled: true, config: {secret: s3cr3t}}], "
                        + step
                        + "}")
                .problems())
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .contains("triggers[0].config.secret", "needs verify");
    assertThat(
            translate(
                    "{name: w, triggers: [{type: EVENT, isEnabled: true, config: {eventType: e, filter:"
                        + " x}}, {type: SCHEDULE, isEnabled: true, config: {cron: 0 2 * * *, jitter:"
                        + " 5}}], "
                        + step
                        + "}")
                .warnings())
        .extracting(warning -> warning.substring(0, warning.indexOf(' ')))
        .containsExactly("triggers[0].config.filter", "triggers[1].config.jitter");
  }

  @Test
  void aRegularExpressionCutsTheTextOfTheResponse() {
    assertBecomes(
        """
        {id: page, name: p, type: HTTP_REQUEST,
         config: {method: GET, url: u,
                  extractResponse: {type: REGEX, path: 'id="(\\d{2})"', variableName: number}}}
        """,
        """
        {name: page,
         http: {method: get, url: u,
                result: {number: '{{ regex.extract(response.body == null ? "" : type(response.body) == string ? response.body : json(response.body), "id=\\"(\\\\d\\u007b2\\u007d)\\"").value() }}'}},
         undo: none}
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "steps[0].config.url: is missing | {id: a, type: HTTP_REQUEST, config: {method: GET}}",
        "steps[0].type: must be one of | {id: a, type: SLEEP}, {id: b, type: WAIT, config: {duration: 1, unit: SECONDS}}",
        "steps[1].id: the step \"a\" is defined twice | {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}}, {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}}",
        "steps[0].config.unit: must be one of | {id: a, type: WAIT, config: {duration: 1, unit: DAYS}}",
        "steps[1].nextStepId: leads back to \"a\" | {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}}, {id: b, nextStepId: a, type: WAIT, config: {duration: 1, unit: SECONDS}}",
        "steps[1].id: nextStepId passes over | {id: a, nextStepId: c, type: WAIT, config: {duration: 1, unit: SECONDS}}, {id: b, type: WAIT, config: {duration: 1, unit: SECONDS}}, {id: c, type: WAIT, config: {duration: 1, unit: SECONDS}}",
        "steps[0].config.steps: there is no step \"x\" | {id: a, type: PARALLEL, config: {steps: [x]}}",
        "steps[0].config.extractResponse.type: must be JSON_PATH or REGEX | {id: a, type: HTTP_REQUEST, config: {method: GET, url: u, extractResponse: {type: XPATH, path: /a, variableName: v}}}",
        "steps[0].config.url: between {{ and }} | {id: a, type: HTTP_REQUEST, config: {method: GET, url: '{{ a + b }}'}}",
        "steps[0].config.rules[0].type: custom code | {id: a, type: VALIDATION, config: {rules: [{field: x, type: custom}]}}",
        "steps[1].id: nothing leads to the step \"b\" | {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}}, {id: b, type: ERROR_HANDLER}",
        "steps[0].conditions[0].value: must be one variable | {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}, conditions: [{field: x, operator: eq, value: 'to {{y}}'}]}",
        "steps[0].config.extractResponse.path: must be a plain path | {id: a, type: HTTP_REQUEST, config: {method: GET, url: u, extractResponse: {type: JSON_PATH, path: '$.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', variableName: v}}}",
        "errorHandlers[0].stepId: \"a\" is a PARALLEL that waits for all | {id: a, type: PARALLEL, config: {steps: [b]}}, {id: b, type: WAIT, config: {duration: 1, unit: SECONDS}}], errorHandlers: [{stepId: a, shouldContinue: true}",
        "status: FAILED is the status of an execution | {id: a, type: WAIT, config: {duration: 1, unit: SECONDS}}], status: [FAILED",
      })
  void aMistakeIsNamedWithItsField(String given) {
    String[] parts = given.split(" \\| ", 2);
    String document = "{name: w, steps: [" + parts[1] + "]}";
    Translated translated = translate(document.replace("status: [FAILED]", "status: FAILED"));
    assertThat(
            translated.problems().stream()
                .map(Problem::toString)
                .map(text -> text.replaceAll(" \\(line \\d+, column \\d+\\)", "")))
        .anySatisfy(problem -> assertThat(problem).startsWith(parts[0]));
  }
}
