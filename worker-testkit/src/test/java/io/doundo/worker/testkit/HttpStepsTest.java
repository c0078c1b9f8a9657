package io.doundo.worker.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.http.HttpVerify;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Steps with {@code http}: what is sent for them, forward and back. */
class HttpStepsTest {

  private static final String LEAD =
      """
      orchestrationName: lead
      steps:
        - name: rate
          undo: none
        - name: createLead
          http:
            connection: crm
            post: "/leads/{{ payload.tenant }}"
            headers: { X-Score: "{{ steps.rate.result.score }}" }
            body: { name: "{{ payload.name }}" }
            ok: response.status == 201 && steps.rate.result.score > 0
            result: { id: "{{ response.body.id }}" }
            verify:
              get: "/leads?key={{ key }}"
              done: size(response.body) > 0
              result: { id: "{{ response.body[0].id }}" }
          undo: { http: { delete: "/leads/{{ result.id }}", ok: "response.status in [204, 404]" } }
          timeout: 10s
          retry: { maxAttempts: 2, strategy: none, jitter: 0 }
        - name: book
      """;

  private final TestOrchestrator orchestrator = TestOrchestrator.of(LEAD).with();

  @AfterEach
  void close() {
    orchestrator.close();
  }

  private ExpectedCommand createLead(TestFlow flow) {
    return flow.expectDo("rate").succeeds(Map.of("score", 7)).expectDo("createLead");
  }

  private TestFlow start() {
    return orchestrator.start(Map.of("tenant", "a/b", "name", "{{ Ann }}"));
  }

  private static HttpCall call(HttpCommand command) {
    assertThat(command.calls()).hasSize(1);
    return command.calls().get(0);
  }

  private static HttpVerify verify(HttpCall call) {
    return Objects.requireNonNull(call.verify());
  }

  @Test
  void theRequestIsEvaluatedAndCarriesWhatItsAnswerNeeds() {
    HttpCommand command = createLead(start()).request();

    HttpCall call = call(command);
    assertThat(call.request().method()).isEqualTo(HttpMethod.POST);
    assertThat(call.request().url()).isEqualTo("/leads/a%2Fb");
    assertThat(call.request().headers()).isEqualTo(Map.of("X-Score", "7"));
    assertThat(call.request().body()).hasToString("{\"name\":\"{{ Ann }}\"}");
    assertThat(call.request().isTemplate()).isFalse();
    assertThat(call.key()).matches("[0-9a-f]{32}");
    assertThat(call.lastDeadline()).isNull();
    assertThat(verify(call).request().url()).isEqualTo("/leads?key=" + call.key());
    assertThat(command.ok()).isEqualTo("response.status == 201 && steps.rate.result.score > 0");
    assertThat(command.result()).hasToString("{\"id\":\"{{ response.body.id }}\"}");
    assertThat(command.values().keySet()).containsExactly("steps");
    assertThat(command.values().toString()).contains("\"score\":7");
  }

  @Test
  void aSecondAttemptHasTheSameKeyAndTheDeadlineOfTheFirst() {
    TestFlow flow = start();
    ExpectedCommand first = createLead(flow);
    HttpCall before = call(first.request());
    HttpCall again = call(first.timesOut().expectDo("createLead").request());

    assertThat(again.key()).isEqualTo(before.key());
    assertThat(again.lastDeadline()).isNotNull();
    assertThat(again.request()).isEqualTo(before.request());
  }

  @Test
  void anUndoIsEvaluatedWithTheResult() {
    TestFlow flow = start();
    ExpectedCommand create = createLead(flow);
    String key = call(create.request()).key();
    HttpCommand undo =
        create
            .succeeds(Map.of("id", 42))
            .expectDo("book")
            .failsForGood("sold out")
            .expectUndo("createLead")
            .request();

    HttpCall call = call(undo);
    assertThat(call.key()).isEqualTo(key);
    assertThat(call.effect()).isEqualTo(KnownEffect.DONE);
    assertThat(call.result()).hasToString("{\"id\":42}");
    assertThat(call.request())
        .isEqualTo(HttpRequest.evaluated("crm", HttpMethod.DELETE, "/leads/42", Map.of(), null));
    assertThat(undo.ok()).isEqualTo("response.status in [204, 404]");
    assertThat(undo.result()).isNull();
    assertThat(call.lastDeadline()).isAfter(Instant.EPOCH);
  }

  @Test
  void anUndoWithoutKnownResultIsLeftToTheWorkerWhichVerifies() {
    TestFlow flow = start();
    HttpCommand undo =
        createLead(flow)
            .timesOut()
            .expectDo("createLead")
            .timesOut()
            .expectUndo("createLead")
            .request();

    HttpCall call = call(undo);
    assertThat(call.effect()).isEqualTo(KnownEffect.UNKNOWN);
    assertThat(call.result()).isNull();
    assertThat(call.request().isTemplate()).isTrue();
    assertThat(call.request().url()).isEqualTo("/leads/{{ result.id }}");
    assertThat(verify(call).done()).isEqualTo("size(response.body) > 0");
  }

  @Test
  void aStubAnswersForTheService() {
    createLead(start()).succeeds(Map.of("id", 1)).expectDo("book").succeeds().expectCompleted();
    createLead(start()).failsForGood("422").expectUndone();
  }

  @Test
  void aStubOfTheWholeTestAnswersWhereverAHandlerWouldBeCalled() {
    try (TestOrchestrator stubbed =
        TestOrchestrator.of(LEAD).stub("createLead", Map.of("id", 3)).with()) {
      TestFlow flow = stubbed.start(Map.of("tenant", "a", "name", "Ann"));
      flow.expectDo("rate").succeeds(Map.of("score", 7)).runToEnd();
      flow.expectDo("book").failsForGood("sold out").runToEnd().expectUndone();
      assertThat(String.join("\n", flow.history())).contains("/leads/3");
    }
  }

  @Test
  void aRequestThatCannotBeEvaluatedFailsTheStepBeforeAnythingIsSent() {
    TestFlow flow = orchestrator.start(Map.of("tenant", "..", "name", "Ann"));
    flow.expectDo("rate").succeeds(Map.of("score", 7)).expectUndone();
    assertThat(String.join("\n", flow.history())).contains("step createLead", "of the path");
  }

  @Test
  void theExampleOfTheDocumentationRuns() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "vocabulary.md"));
    String document = page.substring(page.indexOf("orchestrationName: leadIntake"));
    try (TestOrchestrator intake =
        TestOrchestrator.of(document.substring(0, document.indexOf("```"))).with()) {
      TestFlow flow = intake.start(Map.of("tenant", "acme", "name", "Ann", "amount", 3));
      flow.expectDo("createLead")
          .succeeds(Map.of("id", 9))
          .expectDo("assign")
          .with("lead", 9)
          .failsForGood("nobody is free");
      HttpCall undo = call(flow.expectUndo("createLead").request());
      assertThat(undo.request().url()).isEqualTo("/leads/9");
    }
  }

  @Test
  void theLeadIsTakenBackFromTheCarriersThatHaveIt() throws Exception {
    String document =
        Files.readString(Path.of("..", "registration-examples", "lead-registration.yaml"));
    try (TestOrchestrator carriers = TestOrchestrator.of(document).with()) {
      TestFlow flow = carriers.start(Map.of("lead", "L 7", "name", "Ann", "zip", "80331"));
      ExpectedCommand charlie = flow.expectDo("charlie");
      assertThat(call(charlie.request()).request().url()).isEqualTo("/leads/L%207");
      flow.expectDo("alpha").succeeds(Map.of("id", "a-1"));
      flow.expectDo("bravo").failsForGood("422");
      charlie.endsInDoubt("no answer").passes(Duration.ofMinutes(1));
      assertThat(String.join("\n", flow.history())).contains("UNDO");
      HttpCall alpha = call(flow.expectUndo("alpha").request());
      assertThat(alpha.request().url()).isEqualTo("/leads/a-1");
    }
  }

  @Test
  void timeoutsAreThoseOfRequests() {
    TestFlow flow = start();
    ExpectedCommand create = createLead(flow);
    flow.passes(Duration.ofSeconds(9));
    create.succeeds(Map.of("id", 1)).expectDo("book").succeeds().expectCompleted();
  }
}
