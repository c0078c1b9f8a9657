package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two instances share the flows; both give the same answers. */
abstract class FlowsOnTwoInstances {

  private static final Duration PATIENCE = TwoInstances.PATIENCE;

  private final List<Rest> instances;

  FlowsOnTwoInstances(TwoInstances installation) {
    instances = installation.rest();
  }

  @Test
  void everyFlowIsSeenFromBothSides() {
    register("shared");
    List<String> flowIds = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Reply reply =
          instances
              .get(i % 2)
              .post(
                  "/api/orchestrations/execute?wait=60s",
                  "{\"orchestrationName\": \"shared\", \"flowId\": \"flow-" + i + "\"}");
      assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
      assertThat(reply.json().get("status").stringValue()).isEqualTo("COMPLETED");
      flowIds.add(reply.json().get("flowId").stringValue());
    }
    for (String flowId : flowIds) {
      for (Rest instance : instances) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(
                            instance.get("/api/flows/" + flowId).json().path("status").asString(""))
                        .isEqualTo("COMPLETED"));
        assertThat(
                instance.get("/api/flows/" + flowId + "/why").json().path("headline").asString(""))
            .isEqualTo("The flow has ended as COMPLETED.");
        assertThat(instance.get("/api/flows/" + flowId + "/undo-plan").json().get("stages"))
            .as("whichever instance keeps the flow")
            .isNotEmpty();
        assertThat(instance.get("/api/flows/" + flowId + "/timeline").json().get("events"))
            .extracting(event -> event.get("type").stringValue())
            .startsWith("FLOW_STARTED")
            .endsWith("FLOW_COMPLETED");
      }
    }
    for (int i = 0; i < flowIds.size(); i++) {
      Reply undone = instances.get(i % 2).post("/api/flows/" + flowIds.get(i) + "/undo", "");
      assertThat(undone.status()).as(undone.http().body()).isEqualTo(200);
    }
    for (Rest instance : instances) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(instance.get("/actuator/health").json().path("status").asString(""))
                      .isEqualTo("UP"));
    }
  }

  @Test
  void aFlowIsOneFlowWhicheverInstanceIsAsked() {
    register("whole");
    // More than is in the records that every instance reads.
    String large = "x".repeat(5_000);
    for (int i = 0; i < 6; i++) {
      String start =
          "{\"orchestrationName\": \"whole\", \"flowId\": \"whole-%d\", \"payload\": {\"a\": \"%s\", \"b\": 1}}"
              .formatted(i, large);
      String flow = "/api/flows/whole-" + i;
      Reply started = instances.get(0).post("/api/orchestrations/execute?wait=60s", start);
      assertThat(started.status()).as(started.http().body()).isEqualTo(200);
      for (Rest instance : instances) {
        // An instance that its peer did not answer in time tells what it knows by itself.
        await()
            .atMost(PATIENCE)
            .until(() -> instance.get(flow).json().at("/payload/a").asString("").equals(large));
        assertThat(instance.get(flow).json().at("/steps/0/result/madeBy").asString(""))
            .isEqualTo("do-it");
        String other = start.replace("\"b\": 1", "\"b\": 2");
        assertThat(instance.post("/api/orchestrations/execute", other).status()).isEqualTo(409);
        String turned =
            start.replace(
                "\"a\": \"" + large + "\", \"b\": 1", "\"b\": 1.0, \"a\": \"" + large + '"');
        assertThat(instance.post("/api/orchestrations/execute?wait=60s", turned).status())
            .as("the same content in another spelling is the same start")
            .isEqualTo(200);
        Reply replayed = instance.post(flow + "/replay?wait=60s", "");
        assertThat(replayed.status()).as(replayed.http().body()).isEqualTo(200);
        String replay = "/api/flows/" + replayed.json().path("flowId").asString("");
        await()
            .atMost(PATIENCE)
            .until(() -> instance.get(replay).json().at("/payload/a").asString("").equals(large));
      }
    }
  }

  @Test
  void onlyInstancesReadWhereInstancesReadFromEachOther() {
    assertThat(instances.get(0).get("/internal/flow?flowId=any").status())
        .as("a key is no pass")
        .isEqualTo(401);
    assertThat(instances.get(0).get("/internal/flow?flowId=any", "X-DoUndo-Peer", "a.b").status())
        .isEqualTo(401);
    assertThat(instances.get(0).get("/internal/instance").status()).isEqualTo(401);
  }

  @Test
  void eachInstanceKnowsWhatTheOtherDecides() {
    for (Rest instance : instances) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode known = instance.get("/api/stats").json().get("instances");
                assertThat(known)
                    .extracting(one -> one.get("state").stringValue())
                    .containsExactly("RUNNING", "RUNNING");
                assertThat(known).allMatch(one -> one.get("lagMs").isNumber());
                List<Integer> partitions = new ArrayList<>();
                known.forEach(
                    one ->
                        one.get("partitions").forEach(number -> partitions.add(number.intValue())));
                assertThat(partitions).doesNotHaveDuplicates().contains(0);
              });
    }
  }

  private void register(String name) {
    Reply registered =
        instances
            .get(0)
            .post(
                "/api/orchestrations",
                "{orchestrationName: %s, steps: [{seq: 1, name: do-it}]}".formatted(name));
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> instances.get(1).get("/api/orchestrations/" + name).status() == 200);
  }
}
