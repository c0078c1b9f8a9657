package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static io.doundo.orchestrator.definition.compiler.Compiling.step;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.HttpTemplate;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpOutcomes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps with {@code http} and {@code webhook}: what they may contain, what is refused, and where.
 */
class HttpDocumentsTest {

  private static final String LEAD =
      """
      orchestrationName: lead
      steps:
        - name: createLead
          http:
            connection: crm
            post: "/leads/{{ payload.tenant }}"
            headers: { X-Source: "doundo {{ flow.id }}" }
            body: { name: "{{ payload.name }}", amount: "{{ payload.amount }}" }
            ok: response.status in [200, 201]
            result: { id: "{{ response.body.id }}" }
            verify:
              get: "/leads?key={{ key }}"
              done: size(response.body) > 0
              result: { id: "{{ response.body[0].id }}" }
              settle: 10s
            outcomes: { 409: failed, 5xx: unknown }
          undo:
            http: { delete: "/leads/{{ result.id }}", ok: "response.status in [200, 204, 404]" }
          timeout: 10s
        - { name: tell, webhook: { connection: partner, body: "{{ input }}" } }
        - { name: look, http: { get: "https://example.org/rates?of={{ payload.tenant }}" } }
        - { name: count, set: { id: "{{ steps.createLead.result.id }}" } }
      """;

  private static String of(String http) {
    return "orchestrationName: o\nsteps: [{name: a, " + http + "}]";
  }

  @Test
  void everythingIsRead() {
    Orchestration lead = definition(LEAD);

    Step create = step(lead, "createLead");
    assertThat(create.work())
        .isEqualTo(
            new Work.Http(
                false,
                false,
                new HttpTemplate(
                    "crm",
                    HttpMethod.POST,
                    "/leads/{{ payload.tenant }}",
                    Map.of("X-Source", "doundo {{ flow.id }}"),
                    "{\"name\":\"{{ payload.name }}\",\"amount\":\"{{ payload.amount }}\"}"),
                "response.status in [200, 201]",
                "{\"id\":\"{{ response.body.id }}\"}",
                new HttpOutcomes(Map.of("409", HttpOutcome.FAILED, "5xx", HttpOutcome.UNKNOWN)),
                false,
                new Work.Http.Verify(
                    new HttpTemplate("crm", HttpMethod.GET, "/leads?key={{ key }}", Map.of(), null),
                    null,
                    "size(response.body) > 0",
                    "{\"id\":\"{{ response.body[0].id }}\"}",
                    Duration.ofSeconds(10))));
    assertThat(create.undoing())
        .isEqualTo(
            new UndoRule.Http(
                new HttpTemplate(
                    "crm", HttpMethod.DELETE, "/leads/{{ result.id }}", Map.of(), null),
                "response.status in [200, 204, 404]",
                HttpOutcomes.NONE));
    assertThat(create.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(create.retry()).isEqualTo(RetryPolicy.DEFAULT_DO);
    assertThat(create.topic("lead", CommandAction.DO)).isEqualTo("orchestrator.http");
    assertThat(create.topic("lead", CommandAction.UNDO)).isEqualTo("orchestrator.http");

    Step tell = step(lead, "tell");
    assertThat(tell.work())
        .isEqualTo(
            new Work.Http(
                true,
                false,
                new HttpTemplate("partner", HttpMethod.POST, "/", Map.of(), "\"{{ input }}\""),
                null,
                null,
                HttpOutcomes.NONE,
                true,
                null));
    assertThat(tell.undoable()).isFalse();
    assertThat(step(lead, "look").undoable()).isFalse();
    assertThat(step(lead, "look").timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void storedStateIsReadBack() throws Exception {
    Orchestration lead = definition(LEAD);

    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(lead))).isEqualTo(lead);
  }

  @Test
  void onlyWhatDiffersFromItsDefaultIsStored() {
    Orchestration plain =
        definition(of("http: {connection: crm, post: /x}, undo: none, timeout: 30s"));

    assertThat(new String(DefinitionCodec.encode(plain), UTF_8))
        .contains(
            "{\"name\":\"a\",\"seq\":1,\"dependsOn\":[],"
                + "\"http\":{\"connection\":\"crm\",\"method\":\"POST\",\"url\":\"/x\"}}")
        .contains("\"schema\":2", "\"expressions\":1");
  }

  @Test
  void methodAndUrlSayTheSameAsTheShortForm() {
    assertThat(definition(of("http: {connection: crm, method: post, url: /x}, undo: none")))
        .isEqualTo(definition(of("http: {connection: crm, post: /x}, undo: none")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          http: {post: /x}, undo: none | steps[0].http.post (line 2, column 32): must be an absolute http or https URL, because there is no connection
          http: {connection: crm, get: "https://a.b/x"} | must be a path that begins with one '/', because the connection has the base URL
          http: {connection: crm, get: x} | must be a path that begins with one '/'
          http: {connection: crm, get: //a.b/x} | must be a path that begins with one '/'
          http: {connection: crm, get: /a/../x} | steps[0].http.get (line 2, column 48): must not have "." or ".." between slashes
          http: {connection: crm, get: "/{{ payload.a }}/..%2Fx?y=1"} | must not have "." or ".." between slashes
          http: {get: "https://user:secret@a.b/x"} | must not have credentials; a connection has them
          http: {get: "ftp://a.b/x"} | must be an absolute http or https URL
          http: {get: "{{ payload.base }}/x"} | must be an absolute http or https URL
          http: {connection: crm, get: /x, post: /y} | a request has one method and one URL: "get", "post"
          http: {connection: crm, get: /x, url: /y} | a request has one method and one URL: "get", "url"
          http: {connection: crm, url: /x} | steps[0].http.method (line 2, column 25): is missing: say what is requested
          http: {connection: crm, method: get} | steps[0].http.url
          http: {connection: crm, method: brew, url: /x} | must be one of get, put, post, patch, delete, head, options
          http: {connection: crm} | is missing: say what is requested, such as get: /leads, or method and url
          http: {connection: "{{ payload.c }}", get: /x} | names hold no expressions
          http: {connection: crm, get: /x, headers: {Host: a}} | is set by the client itself, and a step must not set it
          http: {connection: crm, get: /x, headers: {"a b": a}} | letters, digits and
          http: {connection: crm, get: /x, headers: {X-A: "a\\nb"}} | must have printable ASCII characters only, and no line break
          http: {connection: crm, get: /x, headers: {X-A: [a]}} | steps[0].http.headers.X-A (line 2, column 67): must be text
          http: {connection: crm, get: /x, body: 1} | has no meaning for a GET, which sends none
          http: {connection: crm, get: /x, ok: "size(response.body)"} | steps[0].http.ok
          http: {connection: crm, get: /x, ok: "string(response.status)"} | a condition must be true or false, but this is of type
          http: {connection: crm, get: /x, ok: "response.stats == 200"} | "stats"
          http: {connection: crm, get: "/x/{{ response.status }}"} | "response" is not known
          http: {connection: crm, get: "/x/{{ result.id }}"} | "result" is not known
          http: {connection: crm, get: /x, result: "{{ nope }}"} | steps[0].http.result
          http: {connection: crm, post: /x}, undo: {http: {connection: crm, delete: "/x/{{ pay.id }}"}} | steps[0].undo.http.delete
          http: {connection: crm, get: /x, outcomes: {99: ok}} | must be a status such as 412, or a class such as 5xx
          http: {connection: crm, get: /x, outcomes: {412: fine}} | must be one of ok, unchanged, failed, noEffect, unknown
          http: {connection: crm, get: /x, verfy: {}} | unknown field of http, did you mean "verify"?
          http: {connection: crm, post: /x, verify: {get: /y}}, undo: none | steps[0].http.verify.done (line 2, column 61): is missing: say when the effect is there
          http: {connection: crm, post: /x, verify: {post: /y, done: "true"}}, undo: none | must be a get, head or options: verify asks, and changes nothing
          http: {connection: crm, post: /x, verify: {get: /y, done: "1"}}, undo: none | steps[0].http.verify.done
          http: {connection: crm, post: /x, idempotent: maybe}, undo: none | must be true or false
          http: {connection: crm, post: /x} | steps[0].http.post (line 2, column 49): say how this POST is undone, undo: {http: {delete: /…}}, or that it is not, undo: none
          http: {connection: crm, put: /x} | say how this PUT is undone
          http: {connection: crm, patch: /x} | say how this PATCH is undone
          http: {connection: crm, delete: /x} | say how this DELETE is undone
          http: {connection: crm, post: /x}, undo: {input: 1} | must be none, or the request that undoes it
          http: {connection: crm, post: /x}, undo: {http: {delete: "/x/{{ result.id }}"}} | When nobody knows whether a happened there is no result; a verify of the request would find it
          http: {connection: crm, post: /x}, undo: none, onFailure: continue, pivot: true | continue contradicts pivot
          http: {connection: crm, post: /x}, undo: {http: {delete: /x}}, onFailure: continue | continue is possible only where nothing is owed
          http: {connection: crm, get: /x}, undoFailed: true | outcomes tells which statuses leave an effect
          http: {connection: crm, get: /x}, input: 1 | body says what it sends
          http: {connection: crm, get: /x}, failStep: retry | which has no worker
          http: {connection: crm, get: /x}, sharedTopic: true | which has no worker
          http: {connection: crm, get: /x}, doMethod: x | which has no worker
          http: {connection: crm, get: /x}, accept: x | has no meaning for a step without "signal" or "task"
          http: {connection: crm, get: /x}, set: {a: 1} | a step does one thing
          webhook: {body: 1} | is missing: a webhook is signed with the secret of its connection
          webhook: {connection: p} | is missing: say what is sent
          webhook: {connection: p, body: 1, verify: {}} | unknown field of webhook
          webhook: {connection: p, body: 1, post: /x} | unknown field of webhook
          undo: {http: {delete: "/x/{{ effect }}"}} | only a step with "http" is undone by a request: an UNDO goes the same way as its DO
          http: [1] | must be an object
          """)
  void isRefused(String step, String problem) {
    assertThat(problems(of(step))).anySatisfy(found -> assertThat(found).contains(problem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: {connection: crm, post: /x}, undo: none",
        "http: {connection: crm, post: /x}, undo: {http: {delete: '/x/{{ result.?id.orValue(0) }}'}}",
        "http: {connection: crm, get: /x}",
        "http: {connection: crm, head: /x}",
        "http: {connection: crm, options: /x}",
        "http: {connection: crm, get: /x}, onFailure: continue",
        "http: {connection: crm, post: /x}, undo: none, onFailure: continue, dispatch: committed",
        "http: {get: 'https://a.b/x'}",
        "http: {get: '{{ payload.callback }}'}",
        "http: {connection: crm, get: '{{ payload.next }}'}",
        "http: {get: 'https://{{ payload.tenant }}.b.org/x'}",
        "http: {connection: crm, delete: /x, body: {why: x}}, undo: none",
        "http: {connection: crm, put: /x, idempotent: true}, undo: {http: {connection: b, put: /x}}",
        "webhook: {connection: p, url: /hooks/1, body: {a: 1}}, undo: {http: {delete: /hooks/1}}",
        "webhook: {connection: p, body: 1}, onFailure: continue",
        "http: {connection: crm, get: /x}, retry: {maxAttempts: 9}, onTimeout: escalate, result: '{{ result }}'",
      })
  void isAccepted(String step) {
    assertThat(problems(of(step))).isEmpty();
  }

  @Test
  void afterAPivotNothingHasToSayHowItIsUndone() {
    assertThat(
            problems(
                """
                orchestrationName: o
                steps:
                  - { name: pay, pivot: true, undo: none }
                  - { name: tell, http: { connection: crm, post: /x } }
                """))
        .isEmpty();
  }

  @Test
  void aPivotInAnotherBranchDoesNotCount() {
    assertThat(
            problems(
                """
                orchestrationName: o
                steps:
                  - name: route
                    choice:
                      - { when: payload.a, do: [ { name: pay, pivot: true, undo: none } ] }
                      - { else: [] }
                  - { name: tell, http: { connection: crm, post: /x } }
                """))
        .singleElement()
        .asString()
        .contains("say how this POST is undone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: {connection: crm, post: /x}, undo: {http: {post: /x/undo}}",
        "http: {connection: crm, put: /x}, undo: {http: {method: patch, url: /x}}",
        "http: {connection: crm, post: /x, idempotent: true}, undo: {http: {post: /y, idempotent: false}}",
        "webhook: {connection: crm, body: 1}, undo: {http: {post: /x/undo}}",
      })
  void anUndoThatMayBeDoneTwiceIsWarnedOf(String step) {
    assertThat(warnings(of(step)))
        .singleElement()
        .asString()
        .contains("steps[0].undo.http.", "is repeated, for 24 hours", "idempotent: true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: {connection: crm, post: /x}, undo: {http: {delete: /x}}",
        "http: {connection: crm, post: /x}, undo: {http: {put: /x}}",
        "http: {connection: crm, post: /x}, undo: {http: {post: /x/undo, idempotent: true}}",
        "http: {connection: crm, post: /x, idempotent: true}, undo: {http: {post: /x/undo}}",
      })
  void anUndoThatMayBeRepeatedIsNotWarnedOf(String step) {
    assertThat(problems(of(step))).isEmpty();
    assertThat(warnings(of(step))).isEmpty();
  }

  @Test
  void credentialsInTheDocumentAreWarnedOf() {
    assertThat(
            warnings(
                of(
                    "http: {connection: crm, get: /x, headers: {authorization: 'Bearer {{"
                        + " payload.token }}'}}")))
        .singleElement()
        .asString()
        .contains("steps[0].http.headers.authorization (line 2)", "whoever reads topics");
  }

  @Test
  void theResultOfAnHttpStepHasTheFieldsOfItsTemplate() {
    assertThat(problems(LEAD.replace("createLead.result.id", "createLead.result.nr")))
        .singleElement()
        .asString()
        .contains("\"nr\"");
  }

  @Test
  void aDocumentWithAKindOfItsOwnIsOfTheNewVocabulary() {
    assertThat(problems(of("http: {connection: crm, get: /x}, wehn: 'true'")))
        .singleElement()
        .asString()
        .contains("did you mean \"when\"?");
  }
}
