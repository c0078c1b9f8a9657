package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The examples with a choice and with several sources, with a worker without the SDK: each of their
 * ways; and a list whose items are flows.
 */
abstract class ExamplesOverRest extends ServiceScenarios {

  private static final List<String> CARRIERS = List.of("askNorth", "askSouth", "askWest");
  private static final String ORDER = "{\"order\": 4711, \"amount\": 30, \"country\": \"DE\"}";

  private static final String PARTS =
      """
      orchestrationName: partsOrder
      steps:
        - { name: partsCheck }
        - name: items
          forEach: payload.items
          atOnce: 2
          do: [ { name: partsPick, input: { sku: "{{ item }}" } } ]
          result: { sku: "{{ item }}" }
        - { name: partsShip }
      """;

  ExamplesOverRest(RunningService service) {
    super(service);
  }

  private void registerOrders() throws IOException {
    registerDocument(example("choice-registration.yaml"));
  }

  /** Registers the example so that one carrier has next to no time, and the others enough. */
  private void registerQuotes(String hasty) throws IOException {
    String document = example("aggregator-registration.yaml");
    for (String carrier : CARRIERS) {
      document =
          document.replace(
              "name: " + carrier + "\n        timeout: 5s",
              "name: "
                  + carrier
                  + "\n        timeout: "
                  + (hasty.contains(carrier) ? "300ms" : "2m"));
    }
    assertThat(document).doesNotContain("timeout: 5s");
    registerDocument(document);
  }

  private void registerDocument(String document) {
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private static String example(String file) throws IOException {
    return Files.readString(Path.of("..", "registration-examples", file));
  }

  /** Starts a flow and waits for its end. */
  private JsonNode run(String orchestration, String flow, String payload) {
    Reply started =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"%s\", \"flowId\": \"%s\", \"payload\": %s}"
                .formatted(orchestration, flow, payload));
    assertThat(started.status()).as(started.http().body()).isLessThan(300);
    return ended(flow, "COMPLETED", "UNDONE");
  }

  private JsonNode ended(String flow, String... statuses) {
    await()
        .atMost(PATIENCE)
        .until(() -> List.of(statuses).contains(flow(flow).path("status").asString("")));
    return flow(flow);
  }

  private JsonNode flow(String flow) {
    return rest.get("/api/flows/" + flow).json();
  }

  private static List<String> steps(JsonNode flow, String status) {
    return flow.path("steps")
        .valueStream()
        .filter(step -> step.path("status").asString("").equals(status))
        .map(step -> step.path("name").asString(""))
        .toList();
  }

  private static String newFlow() {
    return UUID.randomUUID().toString();
  }

  @Test
  void anOrderTakesTheWayThatItsCustomerDeservesAndIsUndoneAlongIt() throws Exception {
    registerOrders();
    worker.answer("rateCustomer", "{\"score\": 800}");
    String express = newFlow();
    JsonNode good = run("orderRouting", express, ORDER);
    assertThat(good.path("status").asString("")).as("%s", good).isEqualTo("COMPLETED");
    assertThat(steps(good, "NOT_TAKEN"))
        .containsExactly("shipParcel", "reviewOrder", "shipReviewed");

    worker.answer("rateCustomer", "{\"score\": 400}");
    JsonNode small = run("orderRouting", newFlow(), ORDER);
    assertThat(steps(small, "DO_SUCCESS")).contains("shipParcel").doesNotContain("shipExpress");
    JsonNode abroad = run("orderRouting", newFlow(), ORDER.replace("DE", "FR"));
    assertThat(steps(abroad, "DO_SUCCESS")).contains("reviewOrder", "shipReviewed");

    assertThat(rest.post("/api/flows/" + express + "/undo", "").status()).isEqualTo(200);
    JsonNode undone = ended(express, "UNDONE");
    assertThat(steps(undone, "UNDO_SUCCESS"))
        .containsExactlyInAnyOrder(
            "shipExpress", "writeInvoice", "bookRevenue", "updateStock", "closeOrder");
    assertThat(worker.received(express, "UNDO", "shipParcel")).as("was never sent").isNull();
  }

  @Test
  void anOrderThatIsNotAsItShouldBeFailsBeforeAnythingIsSent() throws Exception {
    registerOrders();
    String flow = newFlow();
    JsonNode refused =
        run("orderRouting", flow, "{\"order\": 4711, \"amount\": 0, \"country\": \"Germany\"}");
    assertThat(refused.path("status").asString("")).isEqualTo("UNDONE");
    assertThat(refused.path("reason").asString(""))
        .contains("amount 0 is not positive", "country Germany is not a two-letter code");
    assertThat(worker.received(flow, "DO", "rateCustomer")).isNull();
  }

  @Test
  void allCarriersAnswerOneIsMissingOrNobodyAnswers() throws Exception {
    registerQuotes("");
    CARRIERS.forEach(
        carrier -> worker.answer(carrier, "{\"price\": 10, \"terms\": \"many pages\"}"));
    String all = newFlow();
    assertThat(run("carrierQuotes", all, "{\"order\": 4711}").path("status").asString(""))
        .isEqualTo("COMPLETED");
    assertThat(worker.received(all, "DO", "offer"))
        .hasToString("{\"order\":4711,\"quotes\":{\"north\":10,\"south\":10,\"west\":10}}");

    worker.breakStep("askNorth");
    worker.silence("askSouth");
    registerQuotes("askSouth");
    String some = newFlow();
    JsonNode partial = run("carrierQuotes", some, "{\"order\": 4711}");
    assertThat(partial.path("status").asString("")).as("%s", partial).isEqualTo("COMPLETED");
    assertThat(steps(partial, "GIVEN_UP")).containsExactly("askNorth", "askSouth");
    assertThat(worker.received(some, "DO", "offer"))
        .hasToString("{\"order\":4711,\"quotes\":{\"north\":null,\"south\":null,\"west\":10}}");

    worker.silence("askWest");
    registerQuotes("askSouth askWest");
    JsonNode none = run("carrierQuotes", newFlow(), "{\"order\": 4711}");
    assertThat(none.path("status").asString("")).isEqualTo("UNDONE");
    assertThat(none.path("reason").asString("")).contains("no carrier has answered in time");
    assertThat(none.path("leftStanding"))
        .as("they may have been asked, and are owed nothing")
        .extracting(JsonNode::stringValue)
        .containsExactly("askSouth", "askWest");
    worker.mendStep("askNorth");
  }

  private static final String NIGHTLY = "/api/schedules/dailyClosing/nightly";

  private JsonNode nightly() {
    return rest.get(NIGHTLY).json();
  }

  private List<String> history() {
    return nightly()
        .path("recent")
        .valueStream()
        .map(entry -> entry.path("type").asString(""))
        .toList();
  }

  @Test
  void theNightlyExampleIsShownTriggeredPausedAndResumed() throws Exception {
    registerDocument(example("nightly-registration.yaml"));
    await().atMost(PATIENCE).until(() -> rest.get(NIGHTLY).status() == 200);
    JsonNode shown = nightly();
    assertHasAge(shown);
    assertThat(shown.path("state").asString("")).isEqualTo("ACTIVE");
    assertThat(shown.path("times").asString("")).isEqualTo("0 2 * * MON-FRI Europe/Berlin");
    assertThat(shown.path("next"))
        .hasSize(5)
        .allSatisfy(next -> assertThat(next.path("local").asString("")).contains("T02:00:00+0"));
    assertThat(rest.get("/api/schedules?orchestration=dailyClosing").json().path("schedules"))
        .hasSize(1);
    assertThat(rest.get("/api/schedules/dailyClosing/noon").status()).isEqualTo(404);

    Reply triggered =
        rest.post(NIGHTLY + "/trigger", "{\"controlId\": \"now\", \"reason\": \"try\"}");
    assertThat(triggered.status()).as(triggered.http().body()).isEqualTo(200);
    assertThat(rest.post(NIGHTLY + "/trigger", "{\"controlId\": \"now\"}").status()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> history().contains("RUN_ENDED"));
    assertThat(history()).containsExactly("RUN_ENDED", "RUN_REQUESTED", "SCHEDULE_DECLARED");
    JsonNode run = flow(nightly().at("/recent/0/flowId").stringValue());
    assertThat(run.path("status").asString("")).isEqualTo("COMPLETED");
    assertThat(run.path("initiator").asString("")).isEqualTo("schedule/dailyClosing/nightly");
    assertThat(run.path("flowId").asString("")).startsWith("dailyClosing.nightly.");

    assertThat(rest.post(NIGHTLY + "/pause", "{\"reason\": \"stocktaking\"}").status())
        .isEqualTo(200);
    assertThat(nightly().path("state").asString("")).isEqualTo("PAUSED");
    assertThat(nightly().at("/paused/reason").asString("")).isEqualTo("stocktaking");
    assertThat(nightly().path("next")).isEmpty();
    assertThat(rest.post(NIGHTLY + "/resume", "").status()).isEqualTo(200);
    assertThat(nightly().path("next")).hasSize(5);
    assertThat(rest.post(NIGHTLY + "/stop", "").status()).isEqualTo(404);
    assertThat(rest.post(NIGHTLY + "/pause", "{\"why\": \"x\"}").status()).isEqualTo(400);

    registerDocument("{orchestrationName: dailyClosing, status: paused}");
    await().atMost(PATIENCE).until(() -> nightly().path("state").asString("").equals("STOPPED"));
    Reply refused = rest.post(NIGHTLY + "/trigger", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.http().body()).contains("orchestration dailyClosing is paused");
  }

  private List<String> listed(String query) {
    return rest.get("/api/flows?orchestration=partsOrder&limit=100" + query)
        .json()
        .path("flows")
        .valueStream()
        .map(one -> one.path("flowId").asString(""))
        .toList();
  }

  @Test
  void partsAreRegisteredStartedShownListedAndUndone() {
    Reply registered = rest.post("/api/orchestrations", PARTS, "Content-Type", YAML);
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    JsonNode inside =
        rest.get("/api/orchestrations/partsOrder").json().at("/steps/1/bodies/0/steps/0");
    assertThat(inside.path("doTopic").asString(""))
        .isEqualTo("orchestrator.partsOrder.partsPick.do");

    Reply started =
        rest.post(
            "/api/orchestrations/execute?wait=60s",
            "{\"orchestrationName\": \"partsOrder\", \"flowId\": \"parts-1\","
                + " \"payload\": {\"items\": [\"a\", \"b\", \"c\"]}}");
    assertThat(started.status()).as(started.http().body()).isEqualTo(200);

    JsonNode flow = flow("parts-1");
    assertThat(flow.path("status").asString("")).isEqualTo("COMPLETED");
    JsonNode parts = flow.at("/steps/1/parts");
    assertThat(parts.path("total").asInt()).isEqualTo(3);
    assertThat(parts.at("/counts/DONE").asInt()).isEqualTo(3);
    assertThat(parts.at("/flows/2/flowId").asString("")).isEqualTo("parts-1~items~2");
    JsonNode part = flow("parts-1~items~2");
    assertThat(part.at("/part/parent").asString("")).isEqualTo("parts-1");
    assertThat(part.at("/steps/0/name").asString("")).isEqualTo("partsPick");
    assertThat(worker.received("parts-1~items~2", "DO", "partsPick"))
        .hasToString("{\"sku\":\"c\"}");

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(listed("&parts=true"))
                    .contains("parts-1", "parts-1~items~0", "parts-1~items~1", "parts-1~items~2"));
    assertThat(listed("")).containsExactly("parts-1");
    assertThat(listed("&parent=parts-1"))
        .containsExactlyInAnyOrder("parts-1~items~0", "parts-1~items~1", "parts-1~items~2");

    Reply ofPart = rest.post("/api/flows/parts-1~items~2/undo", "");
    assertThat(ofPart.status()).as(ofPart.http().body()).isEqualTo(409);
    assertThat(ofPart.http().body()).contains("it is a part of parts-1; undo that");
    assertThat(rest.post("/api/flows/parts-1~items~2/replay", "").status()).isEqualTo(400);

    assertThat(rest.post("/api/flows/parts-1/undo", "").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(flow("parts-1").path("status").asString("")).isEqualTo("UNDONE"));
    assertThat(flow("parts-1~items~0").path("status").asString("")).isEqualTo("UNDONE");
    assertThat(worker.received("parts-1~items~0", "UNDO", "partsPick")).isNotNull();
  }

  @Test
  void aPausedPartIsFoundFromTheFlowAtTheTop() {
    String document =
        """
        orchestrationName: partsDeep
        steps: [ { name: outer, do: [ { name: inner, do: [ { name: rest, wait: 1h } ] } ] } ]
        """;
    assertThat(rest.post("/api/orchestrations", document, "Content-Type", YAML).status())
        .isEqualTo(200);
    String part = "deep-1~outer~0~inner~0";
    rest.post(
        "/api/orchestrations/execute",
        "{\"orchestrationName\": \"partsDeep\", \"flowId\": \"deep-1\", \"payload\": {}}");
    await()
        .atMost(PATIENCE)
        .until(() -> rest.post("/api/flows/" + part + "/pause", "").status() == 200);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/flows/deep-1/why").json().path("headline").asString(""))
                    .isEqualTo(
                        "outer waits for %s, a part of deep-1~outer~0, which is paused: it sends nothing until it is resumed (doundo resume %s)."
                            .formatted(part, part)));

    assertThat(rest.post("/api/flows/" + part + "/resume", "").status()).isEqualTo(200);
    assertThat(rest.post("/api/flows/deep-1/cancel", "").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(flow("deep-1").path("status").asString("")).isEqualTo("UNDONE"));
  }

  @Test
  void aStartCannotHaveTheFlowIdOfAPart() {
    Reply refused =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"partsOrder\", \"flowId\": \"a~b\", \"payload\": {}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.http().body()).contains("only the flowIds of parts have");
  }
}
