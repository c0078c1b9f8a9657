package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What a dashboard reads of six flows, through every path, field by field. The expected answers are
 * in resources; times and durations are compared by their form only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DashboardsOverRest extends ServiceScenarios {

  private static final String THEIRS = "application/vnd.doundo.dashboard+json";

  DashboardsOverRest(RunningService service) {
    super(service);
  }

  @BeforeAll
  void runTheFlows() {
    runToTheEnd();
    turnBack();
    park();
    pause();
    beRejected();
  }

  private void runToTheEnd() {
    accept(
        """
        orchestrationName: dash-completed
        serviceName: shop
        steps:
          - {seq: 1, name: dashHotel, objectType: Booking}
          - {seq: 2, name: dashCar}
        """);
    accept(
        "{orchestrationName: dash-completed, as: worker, serviceName: bookings,"
            + " steps: [{name: dashHotel}, {name: dashCar}]}");
    worker.name("dashHotel", "bookings");
    worker.name("dashCar", "bookings");
    begin(
        """
        {"headers": {"orchestrationName": "dash-completed", "flowId": "dash-1", "source": "shop",
                     "correlationId": "c-4711"},
         "payload": {}}""");
    awaitStatus("dash-1", "COMPLETED");
  }

  private void turnBack() {
    accept(
        """
        orchestrationName: dash-undone
        steps:
          - {seq: 1, name: dashSeat}
          - {seq: 2, name: dashMeal, retry: {maxAttempts: 2, delay: 10ms, jitter: 0}, failStep: retry}
        """);
    worker.breakStep("dashMeal", "the kitchen is closed");
    begin(start("dash-undone", ", \"flowId\": \"dash-2\""));
    awaitStatus("dash-2", "UNDONE");
  }

  private void park() {
    accept(
        """
        orchestrationName: dash-parked
        steps:
          - {seq: 1, name: dashPay, pivot: true}
          - {seq: 2, name: dashShip, retry: {maxAttempts: 1}}
        """);
    worker.breakStep("dashShip", "no van");
    begin(start("dash-parked", ", \"flowId\": \"dash-3\""));
    awaitStatus("dash-3", "PARKED");
  }

  private void pause() {
    register("dash-paused", "dashWait");
    worker.silence("dashWait");
    begin(start("dash-paused", ", \"flowId\": \"dash-4\""));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/flows/dash-4")
                    .json()
                    .at("/steps/0/status")
                    .asString("")
                    .equals("IN_PROGRESS"));
    assertThat(rest.post("/api/flows/dash-4/pause", "{\"reason\": \"lunch\"}").status())
        .isEqualTo(200);
  }

  private void beRejected() {
    Reply waiting =
        rest.post(
            "/api/orchestrations/execute?allowUnregistered=true",
            start("dash-unknown", ", \"flowId\": \"dash-5\""));
    assertThat(waiting.status()).isEqualTo(202);
    awaitStatus("dash-5", "WAITING");
    assertThat(rest.post("/api/flows/dash-5/cancel", "{\"reason\": \"a typo\"}").status())
        .isEqualTo(200);
    accept(
        "{orchestrationName: dash-closed, status: paused, vocabulary: 2, steps: [{name: dashDoor}]}");
    worker.send(Topics.EXECUTION_START, start("dash-closed", ", \"flowId\": \"dash-6\""));
    awaitStatus("dash-6", "REJECTED");
  }

  private void accept(String document) {
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private void begin(String start) {
    Reply reply = rest.post("/api/orchestrations/execute", start);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
  }

  private void awaitStatus(String flowId, String status) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/flows/" + flowId).json().path("status").asString(""))
                    .isEqualTo(status));
  }

  @ParameterizedTest
  @CsvSource({
    "completed, dash-1",
    "undone, dash-2",
    "parked, dash-3",
    "paused, dash-4",
    "unknown, dash-5",
    "closed, dash-6"
  })
  void everyPathShowsAFlowAsADashboardExpects(String name, String flowId) {
    String orchestration = "dash-" + name;
    List<String> paths =
        List.of(
            "/orchestrations?orchName=" + orchestration,
            "/orchestrations/" + orchestration,
            "/orchestrations/" + orchestration + "/executions",
            "/orchestrations/" + orchestration + "/executions/" + flowId,
            "/orchestrations/" + orchestration + "/executions/" + flowId + "/timeline",
            "/audit/" + flowId,
            "/audit/orchestration/" + orchestration);
    JsonNode expected = expected(name);
    assertThat(expected.propertyNames()).containsExactlyElementsOf(paths);
    for (String path : paths) {
      assertListed(flowId, orchestration);
      Reply reply = rest.get("/api/compat" + path);
      JsonNode answer = normalized(reply);
      assertThat(answer.toPrettyString()).as(path).isEqualTo(expected.get(path).toPrettyString());
      Reply bare = rest.get("/api" + path, "Accept", THEIRS);
      assertThat(normalized(bare)).as("bare " + path).isEqualTo(answer);
      assertThat(bare.contentType())
          .isEqualTo(bare.status() == 200 ? THEIRS : "application/problem+json");
    }
  }

  /** Lists follow the flows. */
  private void assertListed(String flowId, String orchestration) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/orchestrations/" + orchestration + "/executions")
                    .http()
                    .body()
                    .contains(flowId));
  }

  /** Without what differs from run to run, but only if it has the right form. */
  private static JsonNode normalized(Reply reply) {
    return Json.MAPPER.readTree(
        reply
            .http()
            .body()
            .replaceAll("\"\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\"", "\"a time\"")
            .replaceAll("(uration(Ms)?\":)\\d+", "$1\"a number\"")
            .replaceAll("/api/compat", "/api"));
  }

  private static JsonNode expected(String name) {
    try (InputStream file =
        DashboardsOverRest.class.getResourceAsStream("/dashboards/" + name + ".json")) {
      return Json.MAPPER.readTree(Objects.requireNonNull(file, name).readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void timesAreLocalInTheZoneOfTheDashboards() {
    Instant startedAt =
        Instant.parse(rest.get("/api/flows/dash-1").json().get("startedAt").stringValue());
    assertThat(
            rest.get("/api/compat/orchestrations/dash-completed/executions/dash-1")
                .json()
                .get("startedAt")
                .stringValue())
        .isEqualTo(
            startedAt
                .atZone(ZoneId.of(RunningService.DASHBOARD_ZONE))
                .toLocalDateTime()
                .format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss")));
  }

  @Test
  void listsAreCutIntoPagesFilteredAndSorted() {
    JsonNode first =
        rest.get("/api/compat/orchestrations?orchName=DASH-&sortBy=orchName&direction=asc&size=2")
            .json();
    assertThat(first.get("content"))
        .extracting(row -> row.get("orchName").stringValue())
        .containsExactly("dash-closed", "dash-completed");
    assertThat(first.get("totalElements").intValue()).isEqualTo(5);
    assertThat(first.get("totalPages").intValue()).isEqualTo(3);
    assertThat(
            rest.get(
                    "/api/compat/orchestrations?orchName=dash-&sortBy=orchName&direction=asc&size=2&page=2")
                .json()
                .get("content"))
        .extracting(row -> row.get("orchName").stringValue())
        .containsExactly("dash-undone");
    assertThat(names("?orchName=dash-&status=SUCCESS&type=SEQUENTIAL"))
        .containsExactly("dash-completed");
    assertThat(names("?orchName=dash-&registeredTo=2001-01-01")).isEmpty();
    assertThat(names("?orchName=dash-&registeredFrom=2001-01-01T00:00:00")).hasSize(5);

    String executions = "/api/compat/orchestrations/dash-parked/executions";
    assertListed("dash-3", "dash-parked");
    assertThat(rest.get(executions + "?status=FAILED").json().get("totalElements").intValue())
        .isEqualTo(1);
    for (String none :
        List.of("status=COMPLETED", "status=NOT_REGISTERED", "page=1", "toDate=2001-01-01")) {
      JsonNode page = rest.get(executions + '?' + none).json();
      assertThat(page.get("content")).as(none).isEmpty();
    }
    for (String wrong :
        List.of(
            "status=PARKED",
            "page=-1",
            "size=0",
            "size=501",
            "page=1000",
            "sortBy=colour",
            "direction=up",
            "fromDate=yesterday",
            "sort=startTime")) {
      Reply refused = rest.get(executions + '?' + wrong);
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.json().get("detail").stringValue())
          .contains(wrong.substring(0, wrong.indexOf('=')).replace("page=1000", "executions"));
    }
    assertThat(rest.get("/api/compat/orchestrations/nowhere/executions").status()).isEqualTo(404);
    assertThat(rest.get("/api/compat/orchestrations/nowhere").status()).isEqualTo(404);
    assertThat(rest.get("/api/compat/audit/nobody").status()).isEqualTo(404);
  }

  private List<String> names(String query) {
    return rest.get("/api/compat/orchestrations" + query)
        .json()
        .get("content")
        .valueStream()
        .map(row -> row.get("orchName").stringValue())
        .toList();
  }

  @Test
  void withoutTheSwitchTheBarePathsAreOurs() {
    assertThat(rest.get("/api/orchestrations").json().path("orchestrations").isArray()).isTrue();
    assertThat(rest.get("/api/orchestrations?page=0").status()).isEqualTo(400);
    assertThat(rest.get("/api/orchestrations?page=0", "Accept", THEIRS).status()).isEqualTo(200);
    assertThat(
            rest.get(
                    "/api/orchestrations/dash-undone/diff?from=1&to=1",
                    "Accept",
                    "application/json, " + THEIRS)
                .status())
        .as("what dashboards do not know stays ours")
        .isEqualTo(200);
  }

  @Test
  void aRefusedRegistrationIsShownUntilAnotherOneIsAccepted() {
    worker.send(Topics.REGISTRATION, "{orchestrationName: dash-refused, steps: []}");
    String path = "/api/compat/orchestrations/dash-refused";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(path).json().path("status").asString("")).isEqualTo("FAILED"));
    assertThat(names("?orchName=dash-refused&status=FAILED")).containsExactly("dash-refused");
    register("dash-refused", "dashOnly");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(path).json().path("status").asString("")).isEqualTo("PENDING"));
  }
}
