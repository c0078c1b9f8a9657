package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.http.LeadCarriers.Carrier;
import io.doundo.orchestrator.app.http.LeadCarriers.Deed;
import io.doundo.orchestrator.app.http.LeadCarriers.Entry;
import io.doundo.orchestrator.app.http.LeadCarriers.Fault;
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
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The lead example from its document to the services: a real broker, the service with its built-in
 * http worker, and three carriers. How a flow ends is compared with what the carriers did, by
 * idempotency key. The stack is started once; each test has its own lead.
 */
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
          service.rest().get("/api/flows/lead-timed/steps/" + step).json().at("/attemptLog/0");
      Instant sent = Instant.parse(attempt.path("sentAt").asString(""));
      Instant answered = Instant.parse(attempt.path("answeredAt").asString(""));
      assertThat(Instant.parse(attempt.path("pickedUpAt").asString(""))).isBetween(sent, answered);
      assertThat(attempt.path("handledMs").longValue())
          .isBetween(0L, Duration.between(sent, answered).toMillis());
    }
    assertThat(service.rest().get("/api/flows/lead-timed/timeline").json().path("events"))
        .filteredOn(event -> event.path("type").asString("").equals("STEP_SUCCESS"))
        .hasSize(3)
        .allMatch(event -> event.path("handledMs").isNumber());
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
            .replace("timeout: 10s", "timeout: 2s");
    assertThat(hasty).contains("hastyLead", "timeout: 2s").doesNotContain("timeout: 10s");
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

  private static List<String> steps(JsonNode flow, String field) {
    return flow.path("steps").valueStream().map(step -> step.path(field).asString("")).toList();
  }
}
