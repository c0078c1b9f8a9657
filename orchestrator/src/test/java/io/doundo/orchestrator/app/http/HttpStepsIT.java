package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.http.LeadCarriers.Carrier;
import io.doundo.orchestrator.app.http.LeadCarriers.Deed;
import io.doundo.orchestrator.app.http.LeadCarriers.Entry;
import io.doundo.orchestrator.app.http.LeadCarriers.Fault;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/**
 * The lead example from its document to the services: a real broker, the service with its built-in
 * http worker, and three carriers. How a flow ends is compared with what the carriers did, by
 * idempotency key. The stack is started once; each test has its own lead.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class HttpStepsIT {

  private LeadService service;
  private LeadCarriers carriers;
  private String example;

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    service = LeadService.start(stateDir, Map.of());
    carriers = service.carriers();
    example = LeadService.example();
    service.register(example);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @Test
  void allCarriersHaveTheLead() {
    JsonNode flow = service.run("carrierLead", "lead-1");

    service.assertCompleted(flow, LeadService.ALL);
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "1");
    for (Carrier carrier : LeadService.ALL) {
      assertThat(flow.at("/result/" + LeadService.nameOf(carrier)).asString(""))
          .isEqualTo(carriers.standing(carrier, "lead-1").get(0));
    }
  }

  @Test
  void theTimeInTheHandlerOfEachCommandIsTold() {
    JsonNode flow = service.run("carrierLead", "lead-timed");

    for (String step : steps(flow, "name")) {
      JsonNode attempt =
          await()
              .atMost(LeadService.PATIENCE)
              .until(
                  () ->
                      service
                          .rest()
                          .get("/api/flows/lead-timed/steps/" + step)
                          .json()
                          .at("/attemptLog/0"),
                  log -> log.has("answeredAt"));
      Instant sent = Instant.parse(attempt.path("sentAt").asString(""));
      Instant answered = Instant.parse(attempt.path("answeredAt").asString(""));
      assertThat(Instant.parse(attempt.path("pickedUpAt").asString(""))).isBetween(sent, answered);
      assertThat(attempt.path("handledMs").longValue())
          .isBetween(0L, Duration.between(sent, answered).toMillis());
    }
    await()
        .atMost(LeadService.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        service.rest().get("/api/flows/lead-timed/timeline").json().path("events"))
                    .filteredOn(event -> event.path("type").asString("").equals("STEP_SUCCESS"))
                    .hasSize(3)
                    .allMatch(event -> event.path("handledMs").isNumber()));
  }

  @Test
  void aLeadThatTheThirdDeclinesIsDeletedAtTheOthers() {
    carriers.fail(Carrier.CHARLIE, "lead-declined", Fault.DECLINES);
    JsonNode flow = service.run("carrierLead", "lead-declined");

    service.assertUndone(flow, LeadService.ALL);
    assertThat(steps(flow, "status")).containsExactly("UNDO_SUCCESS", "UNDO_SUCCESS", "FAILED");
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "1");
    assertThat(steps(flow, "undoAttempts")).containsExactly("1", "1", "0");
    assertThat(LeadService.step(flow, Carrier.CHARLIE).path("errorMessage").asString(""))
        .contains("422");
  }

  /** One is asked, one recognises the key, and one is told the same again. */
  @Test
  void lostAnswersAreSettledByEachCarrierInItsWay() {
    for (Carrier carrier : LeadService.ALL) {
      carriers.fail(carrier, "lead-lost", Fault.LOSES_THE_ANSWER);
    }
    JsonNode flow = service.run("carrierLead", "lead-lost");

    service.assertCompleted(flow, LeadService.ALL);
    assertThat(steps(flow, "attempts")).containsExactly("2", "2", "2");
    assertThat(service.deeds(Carrier.ALPHA, "lead-lost")).containsExactly(Deed.CREATED, Deed.FOUND);
    assertThat(service.deeds(Carrier.BRAVO, "lead-lost"))
        .containsExactly(Deed.CREATED, Deed.REPEATED);
    assertThat(service.deeds(Carrier.CHARLIE, "lead-lost"))
        .containsExactly(Deed.CREATED, Deed.REPEATED);
  }

  /** The flow turns back while nobody knows whether two of the steps had their effects. */
  @Test
  void whatIsUnknownWhenTheFlowTurnsBackIsLookedForAndDeleted() {
    carriers.fail(Carrier.ALPHA, "lead-unknown", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.BRAVO, "lead-unknown", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.CHARLIE, "lead-unknown", Fault.DECLINES);
    JsonNode flow = service.run("carrierLead", "lead-unknown");

    service.assertUndone(flow, LeadService.ALL);
    assertThat(service.deeds(Carrier.ALPHA, "lead-unknown"))
        .startsWith(Deed.CREATED, Deed.FOUND)
        .endsWith(Deed.DELETED);
    assertThat(service.deeds(Carrier.BRAVO, "lead-unknown"))
        .startsWith(Deed.CREATED)
        .endsWith(Deed.DELETED);
  }

  /** A negative answer to verify counts only after the last request has had time to arrive. */
  @Test
  void whatCertainlyNeverArrivedIsNotDeleted() {
    String hasty =
        example
            .replace("orchestrationName: carrierLead", "orchestrationName: hastyLead")
            .replace("timeout: 10s", "timeout: 5s");
    assertThat(hasty).contains("hastyLead", "timeout: 5s").doesNotContain("timeout: 10s");
    service.register(hasty);
    carriers.fail(Carrier.ALPHA, "lead-dropped", Fault.LOSES_THE_REQUEST);
    carriers.fail(Carrier.CHARLIE, "lead-dropped", Fault.DECLINES);
    JsonNode flow = service.run("hastyLead", "lead-dropped");

    service.assertUndone(flow, LeadService.ALL);
    assertThat(service.deeds(Carrier.ALPHA, "lead-dropped"))
        .doesNotContain(Deed.CREATED, Deed.DELETED, Deed.HAD_NOTHING_TO_DELETE);
  }

  @Test
  void aBusyCarrierIsAskedAgainWhenItSays() {
    carriers.fail(Carrier.BRAVO, "lead-busy", Fault.IS_BUSY);
    JsonNode flow = service.run("carrierLead", "lead-busy");

    service.assertCompleted(flow, LeadService.ALL);
    List<Entry> entries = carriers.ledgerOf(Carrier.BRAVO, "lead-busy");
    assertThat(entries).extracting(Entry::deed).containsExactly(Deed.REFUSED, Deed.CREATED);
    assertThat(Duration.ofNanos(entries.get(1).nanos() - entries.get(0).nanos()))
        .isGreaterThanOrEqualTo(
            Duration.ofSeconds(Long.parseLong(LeadCarriers.RETRY_AFTER_SECONDS)));
  }

  @Test
  void aCarrierThatIsDownIsTriedAgainAndIsNeverInDoubt() throws IOException {
    String down =
        example
            .replace("orchestrationName: carrierLead", "orchestrationName: impatientLead")
            .replace("connection: charlie", "connection: delta");
    assertThat(down).contains("connection: delta").doesNotContain("connection: charlie");
    service.register(down);
    JsonNode flow = service.run("impatientLead", "lead-down");
    service.assertUndone(flow, List.of(Carrier.ALPHA, Carrier.BRAVO));
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "3");
    assertThat(steps(flow, "undoAttempts")).containsExactly("1", "1", "0");
    assertThat(LeadService.step(flow, Carrier.CHARLIE).path("errorMessage").asString(""))
        .contains("could not be sent");
    assertThat(service.events("lead-down")).doesNotContain("STEP_IN_DOUBT");

    service.register(
        down.replace("orchestrationName: impatientLead", "orchestrationName: patientLead")
            .replace("timeout: 10s", "timeout: 10s\n        retry: { maxAttempts: 20 }"));
    service.begin("patientLead", "lead-up");
    await()
        .atMost(LeadService.PATIENCE)
        .untilAsserted(
            () -> assertThat(service.events("lead-up")).contains("STEP_RETRY_TRIGGERED"));
    carriers.startDelta();
    service.assertCompleted(
        service.ended("lead-up"), List.of(Carrier.ALPHA, Carrier.BRAVO, Carrier.DELTA));
    assertThat(service.events("lead-up")).doesNotContain("STEP_IN_DOUBT");
  }

  @Test
  void credentialsAreShownToTheServiceAndStandNowhereElse(CapturedOutput output) throws Exception {
    carriers.fail(Carrier.ALPHA, "lead-secret", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.CHARLIE, "lead-secret", Fault.DECLINES);
    service.assertUndone(service.run("carrierLead", "lead-secret"), LeadService.ALL);

    assertThat(carriers.wereShown(LeadService.CREDENTIALS)).isTrue();
    Map<String, Boolean> byTopic = service.hasRecordsWith(LeadService.CREDENTIALS);
    assertThat(byTopic)
        .as("every topic is read")
        .containsKeys(Topics.HTTP, Topics.RESPONSE, Topics.FLOW_EVENTS, Topics.DEFINITIONS);
    assertThat(byTopic).doesNotContainValue(true);
    for (String path :
        List.of(
            "/api/flows/lead-secret",
            "/api/flows/lead-secret/timeline",
            "/api/flows/lead-secret/steps/alpha",
            "/api/orchestrations/carrierLead",
            "/actuator/health",
            "/actuator/prometheus")) {
      assertThat(service.rest().get(path).http().body())
          .as(path)
          .doesNotContain(LeadService.CREDENTIALS);
    }
    assertThat(output.getAll()).contains("doundo").doesNotContain(LeadService.CREDENTIALS);
  }

  /**
   * A request that a repetition finds already done.
   *
   * @param outcomes what the document says of an answer, or empty
   */
  private static String conditional(String name, String outcomes) {
    return """
    orchestrationName: %s
    steps:
      - name: charlie
        http:
          connection: charlie
          put: "/leads/{{ payload.lead }}"
          headers: { If-None-Match: "*" }
          body: { name: "{{ payload.name }}" }
          idempotent: true
          result: { id: "{{ payload.lead }}" }
          %s
        undo: { http: { delete: "/leads/{{ payload.lead }}", ok: "response.status in [204, 404]" } }
        retry: { delay: 100ms }
      - name: bravo
        http:
          connection: bravo
          post: /v2/leads
          body: { reference: "{{ payload.lead }}" }
          idempotent: true
          result: { id: "{{ response.body.data.id }}" }
        undo: none
    """
        .formatted(name, outcomes);
  }

  /** The refusal says nothing of the request before, whose answer was lost. */
  @Test
  void whatWasDoneAndIsRefusedWhenRepeatedIsUndone() {
    service.register(conditional("refusedLead", ""));
    carriers.fail(Carrier.CHARLIE, "lead-412", Fault.LOSES_THE_ANSWER);
    JsonNode flow = service.run("refusedLead", "lead-412");

    service.assertUndone(flow, List.of(Carrier.CHARLIE));
    assertThat(service.deeds(Carrier.CHARLIE, "lead-412"))
        .containsExactly(Deed.CREATED, Deed.REFUSED, Deed.DELETED);
    assertThat(service.deeds(Carrier.BRAVO, "lead-412")).isEmpty();
  }

  @Test
  void whatWasDoneAndIsFoundUnchangedWhenRepeatedStands() {
    service.register(conditional("unchangedLead", "outcomes: { 412: unchanged }"));
    carriers.fail(Carrier.CHARLIE, "lead-unchanged", Fault.LOSES_THE_ANSWER);
    JsonNode flow = service.run("unchangedLead", "lead-unchanged");

    service.assertCompleted(flow, List.of(Carrier.CHARLIE, Carrier.BRAVO));
    assertThat(service.deeds(Carrier.CHARLIE, "lead-unchanged"))
        .containsExactly(Deed.CREATED, Deed.REFUSED);
  }

  /** That the repetition changed nothing does not settle the doubt about the request before. */
  @Test
  void whatWasFoundUnchangedAfterADoubtIsUndoneWithTheRest() {
    service.register(conditional("unchangedLead", "outcomes: { 412: unchanged }"));
    carriers.fail(Carrier.CHARLIE, "lead-back", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.BRAVO, "lead-back", Fault.DECLINES);
    JsonNode flow = service.run("unchangedLead", "lead-back");

    service.assertUndone(flow, List.of(Carrier.CHARLIE, Carrier.BRAVO));
    assertThat(service.deeds(Carrier.CHARLIE, "lead-back"))
        .containsExactly(Deed.CREATED, Deed.REFUSED, Deed.DELETED);
  }

  /** The request is on its way for longer than the attempt lasts. */
  @Test
  void whatArrivesAfterVerifyHasFoundNothingIsFoundLaterAndNotRepeated() {
    service.register(
        """
        orchestrationName: lateLead
        steps:
          - name: alpha
            http:
              connection: %s
              post: /leads
              body: { reference: "{{ payload.lead }}" }
              result: { id: "{{ response.body.id }}" }
              verify:
                get: "/leads?key={{ key }}"
                done: size(response.body) > 0
                result: { id: "{{ response.body[0].id }}" }
            undo: { http: { delete: "/leads/{{ result.id }}" } }
            timeout: 2s
            retry: { maxAttempts: 10, delay: 100ms }
        """
            .formatted(LeadService.LATE));
    String lead = "lead-slow";
    long found = carriers.count(Carrier.ALPHA, Deed.FOUND_NOTHING);
    // The carrier holds requests about such a lead before it does anything.
    assertThat(lead.hashCode() % 2).isZero();
    carriers.hold();
    try {
      service.begin("lateLead", lead);
      await()
          .atMost(LeadService.PATIENCE)
          .until(() -> carriers.count(Carrier.ALPHA, Deed.FOUND_NOTHING) > found);
    } finally {
      carriers.release();
    }

    service.assertCompleted(service.ended(lead), List.of(Carrier.ALPHA));
    assertThat(service.deeds(Carrier.ALPHA, lead)).containsExactly(Deed.CREATED, Deed.FOUND);
  }

  /** A step after the point of no return, which is tried once and then waits for a person. */
  private static String pastThePivot(String name, String http) {
    return """
    orchestrationName: %s
    steps:
      - name: charlie
        pivot: true
        http: { connection: charlie, put: "/leads/{{ payload.lead }}", body: {} }
        undo: none
      - name: %s
        http: { %s, body: { reference: "{{ payload.lead }}" } }
        retry: { maxAttempts: 1 }
    """
        .formatted(name, name.startsWith("bravo") ? "bravo" : "alpha", http);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOSES_THE_ANSWER", "LOSES_THE_REQUEST"})
  void aStepInDoubtThatAPersonRetriesIsRecognisedByItsKey(Fault fault) {
    String lead = "lead-retried-" + fault;
    service.register(
        pastThePivot(
            "bravoOnce",
            "connection: bravo, post: /v2/leads, idempotent: true,"
                + " result: { id: \"{{ response.body.data.id }}\" }"));
    carriers.fail(Carrier.BRAVO, lead, fault);
    service.begin("bravoOnce", lead);
    service.parked(lead, 1);

    service.ask(lead, "retry", "{\"stepName\": \"bravo\", \"reason\": \"it is back\"}");

    service.assertCompleted(service.ended(lead), List.of(Carrier.CHARLIE, Carrier.BRAVO));
    assertThat(service.deeds(Carrier.BRAVO, lead)).hasSize(2).doesNotContain(Deed.DELETED);
  }

  /** Nobody can tell its repetition from another one. */
  @Test
  void aStepInDoubtThatMustNotBeRepeatedIsNotSentAgainAndIsResolved() {
    String lead = "lead-resolved";
    service.register(
        pastThePivot(
            "alphaOnce",
            "connection: alpha, post: /leads, result: { id: \"{{ response.body.id }}\" }"));
    carriers.fail(Carrier.ALPHA, lead, Fault.LOSES_THE_ANSWER);
    service.begin("alphaOnce", lead);
    service.parked(lead, 1);

    service.ask(lead, "retry", "{\"stepName\": \"alpha\", \"reason\": \"once more\"}");
    JsonNode flow = service.parked(lead, 2);

    assertThat(service.deeds(Carrier.ALPHA, lead)).containsExactly(Deed.CREATED);
    assertThat(LeadService.step(flow, Carrier.ALPHA).path("errorMessage").asString(""))
        .contains("must not run again");
    String id = carriers.standing(Carrier.ALPHA, lead).get(0);
    service.ask(
        lead,
        "resolve",
        "{\"stepName\": \"alpha\", \"reason\": \"alpha has it\", \"payload\": {\"result\": {\"id\": \"%s\"}}}"
            .formatted(id));
    service.assertCompleted(service.ended(lead), List.of(Carrier.CHARLIE, Carrier.ALPHA));
  }

  private static List<String> steps(JsonNode flow, String field) {
    return flow.path("steps").valueStream().map(step -> step.path(field).asString("")).toList();
  }
}
