package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.app.http.LeadCarriers.Carrier;
import io.doundo.orchestrator.app.http.LeadCarriers.Deed;
import io.doundo.orchestrator.app.http.LeadCarriers.Entry;
import io.doundo.orchestrator.app.http.LeadCarriers.Fault;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The lead example from its document to the services: a real broker, the service with its built-in
 * http worker, and three carriers. How a flow ends is compared with what the carriers did, by
 * idempotency key. The stack is started once; each test has its own lead.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HttpStepsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<Carrier> ALL = List.of(Carrier.ALPHA, Carrier.BRAVO, Carrier.CHARLIE);

  private LeadCarriers carriers;
  private TestBroker broker;
  private ConfigurableApplicationContext application;
  private Rest rest;
  private String example;

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    carriers = new LeadCarriers();
    broker = new TestBroker();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.state-dir=" + stateDir,
                // All share one clock: what is first sent now is certainly sent to this worker.
                "--doundo.http.clock-tolerance=0",
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap()));
    for (Carrier carrier : Carrier.values()) {
      String connection = "--doundo.http.connections." + step(carrier);
      arguments.add(connection + ".base-url=" + carriers.baseUrl(carrier));
      arguments.add(connection + ".allow-private=true");
      arguments.add(connection + ".settle=1s");
    }
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    example = Files.readString(Path.of("..", "registration-examples", "lead-registration.yaml"));
    register(example);
  }

  @AfterAll
  void stop() throws IOException {
    application.close();
    broker.close();
    carriers.close();
  }

  @Test
  void allCarriersHaveTheLead() {
    JsonNode flow = run("carrierLead", "lead-1");

    assertCompleted(flow, ALL);
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "1");
    for (Carrier carrier : ALL) {
      assertThat(flow.at("/result/" + step(carrier)).asString(""))
          .isEqualTo(carriers.standing(carrier, "lead-1").get(0));
    }
  }

  @Test
  void aLeadThatTheThirdDeclinesIsDeletedAtTheOthers() {
    carriers.fail(Carrier.CHARLIE, "lead-declined", Fault.DECLINES);
    JsonNode flow = run("carrierLead", "lead-declined");

    assertUndone(flow, ALL);
    assertThat(steps(flow, "status")).containsExactly("UNDO_SUCCESS", "UNDO_SUCCESS", "FAILED");
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "1");
    assertThat(steps(flow, "undoAttempts")).containsExactly("1", "1", "0");
    assertThat(step(flow, Carrier.CHARLIE).path("errorMessage").asString("")).contains("422");
  }

  /** One is asked, one recognises the key, and one is told the same again. */
  @Test
  void lostAnswersAreSettledByEachCarrierInItsWay() {
    for (Carrier carrier : ALL) {
      carriers.fail(carrier, "lead-lost", Fault.LOSES_THE_ANSWER);
    }
    JsonNode flow = run("carrierLead", "lead-lost");

    assertCompleted(flow, ALL);
    assertThat(steps(flow, "attempts")).containsExactly("2", "2", "2");
    assertThat(deeds(Carrier.ALPHA, "lead-lost")).containsExactly(Deed.CREATED, Deed.FOUND);
    assertThat(deeds(Carrier.BRAVO, "lead-lost")).containsExactly(Deed.CREATED, Deed.REPEATED);
    assertThat(deeds(Carrier.CHARLIE, "lead-lost")).containsExactly(Deed.CREATED, Deed.REPEATED);
  }

  /** The flow turns back while nobody knows whether two of the steps had their effects. */
  @Test
  void whatIsUnknownWhenTheFlowTurnsBackIsLookedForAndDeleted() {
    carriers.fail(Carrier.ALPHA, "lead-unknown", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.BRAVO, "lead-unknown", Fault.LOSES_THE_ANSWER);
    carriers.fail(Carrier.CHARLIE, "lead-unknown", Fault.DECLINES);
    JsonNode flow = run("carrierLead", "lead-unknown");

    assertUndone(flow, ALL);
    assertThat(deeds(Carrier.ALPHA, "lead-unknown"))
        .startsWith(Deed.CREATED, Deed.FOUND)
        .endsWith(Deed.DELETED);
    assertThat(deeds(Carrier.BRAVO, "lead-unknown"))
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
    register(hasty);
    carriers.fail(Carrier.ALPHA, "lead-dropped", Fault.LOSES_THE_REQUEST);
    carriers.fail(Carrier.CHARLIE, "lead-dropped", Fault.DECLINES);
    JsonNode flow = run("hastyLead", "lead-dropped");

    assertUndone(flow, ALL);
    assertThat(deeds(Carrier.ALPHA, "lead-dropped"))
        .doesNotContain(Deed.CREATED, Deed.DELETED, Deed.HAD_NOTHING_TO_DELETE);
  }

  @Test
  void aBusyCarrierIsAskedAgainWhenItSays() {
    carriers.fail(Carrier.BRAVO, "lead-busy", Fault.IS_BUSY);
    JsonNode flow = run("carrierLead", "lead-busy");

    assertCompleted(flow, ALL);
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
    register(down);
    JsonNode flow = run("impatientLead", "lead-down");
    assertUndone(flow, List.of(Carrier.ALPHA, Carrier.BRAVO));
    assertThat(steps(flow, "attempts")).containsExactly("1", "1", "3");
    assertThat(steps(flow, "undoAttempts")).containsExactly("1", "1", "0");
    assertThat(step(flow, Carrier.CHARLIE).path("errorMessage").asString(""))
        .contains("could not be sent");
    assertThat(events("lead-down")).doesNotContain("STEP_IN_DOUBT");

    register(
        down.replace("orchestrationName: impatientLead", "orchestrationName: patientLead")
            .replace("timeout: 10s", "timeout: 10s\n        retry: { maxAttempts: 20 }"));
    begin("patientLead", "lead-up");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(events("lead-up")).contains("STEP_RETRY_TRIGGERED"));
    carriers.startDelta();
    assertCompleted(ended("lead-up"), List.of(Carrier.ALPHA, Carrier.BRAVO, Carrier.DELTA));
    assertThat(events("lead-up")).doesNotContain("STEP_IN_DOUBT");
  }

  private void register(String document) {
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", "application/yaml");
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/status").asString(""))
        .as(reply.http().body())
        .isEqualTo("SUCCESS");
  }

  /** Runs a flow whose id is the lead's name, to its end. */
  private JsonNode run(String orchestration, String lead) {
    begin(orchestration, lead);
    return ended(lead);
  }

  private void begin(String orchestration, String lead) {
    Reply reply =
        rest.post(
            "/api/orchestrations/execute",
            """
            {"orchestrationName": "%s", "flowId": "%s",
             "payload": {"lead": "%s", "name": "Ann Example", "zip": "80331"}}"""
                .formatted(orchestration, lead, lead));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
  }

  private JsonNode ended(String flowId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/api/flows/" + flowId).json(),
            flow -> flow.path("completedAt").isString());
  }

  private List<String> events(String flowId) {
    return rest.get("/api/flows/" + flowId + "/timeline")
        .json()
        .path("events")
        .valueStream()
        .map(event -> event.path("type").asString(""))
        .toList();
  }

  private List<Deed> deeds(Carrier carrier, String lead) {
    return carriers.ledgerOf(carrier, lead).stream().map(Entry::deed).toList();
  }

  /** Each carrier has the lead once, under one key, by the id that the step returned. */
  private void assertCompleted(JsonNode flow, List<Carrier> taken) {
    assertThat(flow.path("status").asString("")).as("%s", flow).isEqualTo("COMPLETED");
    assertThat(flow.path("incidents").asInt(-1)).as("%s", flow).isZero();
    String lead = flow.path("flowId").asString("");
    for (Carrier carrier : taken) {
      List<Entry> entries = carriers.ledgerOf(carrier, lead);
      assertThat(entries).extracting(Entry::deed).containsOnlyOnce(Deed.CREATED);
      assertThat(entries)
          .extracting(Entry::key)
          .doesNotContain("")
          .containsOnly(entries.get(0).key());
      assertThat(carriers.standing(carrier, lead))
          .as("%s: %s", carrier, entries)
          .containsExactly(step(flow, carrier).at("/result/id").asString(""));
    }
  }

  /** No carrier has the lead, and for each key that created one there was an UNDO of its own. */
  private void assertUndone(JsonNode flow, List<Carrier> asked) {
    assertThat(flow.path("status").asString("")).as("%s", flow).isEqualTo("UNDONE");
    assertThat(flow.path("incidents").asInt(-1)).as("%s", flow).isZero();
    String lead = flow.path("flowId").asString("");
    for (Carrier carrier : asked) {
      List<Entry> entries = carriers.ledgerOf(carrier, lead);
      assertThat(carriers.standing(carrier, lead)).as("%s: %s", carrier, entries).isEmpty();
      assertThat(keys(entries, Deed.DELETED))
          .as("%s: %s", carrier, entries)
          .isEqualTo(
              keys(entries, Deed.CREATED).stream()
                  .map(key -> key + "-undo")
                  .collect(Collectors.toSet()));
    }
  }

  private static Set<String> keys(List<Entry> entries, Deed deed) {
    return entries.stream()
        .filter(entry -> entry.deed() == deed)
        .map(Entry::key)
        .collect(Collectors.toSet());
  }

  private static JsonNode step(JsonNode flow, Carrier carrier) {
    return flow.path("steps")
        .valueStream()
        // The one that is down stands in for charlie.
        .filter(
            step ->
                step.path("name")
                    .asString("")
                    .equals(step(carrier == Carrier.DELTA ? Carrier.CHARLIE : carrier)))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> steps(JsonNode flow, String field) {
    return flow.path("steps").valueStream().map(step -> step.path(field).asString("")).toList();
  }

  private static String step(Carrier carrier) {
    return carrier.name().toLowerCase(Locale.ROOT);
  }
}
