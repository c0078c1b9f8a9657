package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Flows whose steps are flows: how they are started, shown, listed and undone. */
abstract class PartsOverRest extends ServiceScenarios {

  private static final String DOCUMENT =
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

  PartsOverRest(RunningService service) {
    super(service);
  }

  private JsonNode flow(String flowId) {
    return rest.get("/api/flows/" + flowId).json();
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
    Reply registered = rest.post("/api/orchestrations", DOCUMENT, "Content-Type", YAML);
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    assertThat(rest.get("/api/orchestrations/partsOrder").json().at("/steps/1/bodies/0/steps/0"))
        .extracting(step -> step.path("doTopic").asString(""))
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
                    .contains("parts-1", "parts-1~items~0", "parts-1~items~2"));
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
  void aStartCannotHaveTheFlowIdOfAPart() {
    Reply refused =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"partsOrder\", \"flowId\": \"a~b\", \"payload\": {}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.http().body()).contains("only the flowIds of parts have");
  }
}
