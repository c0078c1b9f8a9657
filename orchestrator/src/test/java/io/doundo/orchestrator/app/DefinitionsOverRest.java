package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Registrations over REST: versions, the status of a name, and what is refused. */
abstract class DefinitionsOverRest extends ServiceScenarios {

  DefinitionsOverRest(RunningService service) {
    super(service);
  }

  @Test
  void definitionsShowTheirVersionsAndWhoServesThem() {
    register("served", "cook", "plate");
    Reply declared =
        rest.post(
            "/api/orchestration/register",
            """
            {"orchestrationName": "served", "as": "worker", "steps": [{"seq": 1, "name": "cook"}]}""",
            "Content-Type",
            "application/json",
            "serviceName",
            "kitchen");
    assertThat(declared.status()).as(declared.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        rest.get("/api/orchestrations/served")
                            .json()
                            .at("/steps/0/servedBy/0")
                            .asString(""))
                    .isEqualTo("kitchen"));
    assertThat(rest.get("/api/orchestrations").json().get("orchestrations"))
        .filteredOn(one -> one.get("name").stringValue().equals("served"))
        .singleElement()
        .satisfies(one -> assertThat(one.at("/unservedSteps/0").stringValue()).isEqualTo("plate"));
    register("served", "cook", "garnish", "plate");
    JsonNode newest = rest.get("/api/orchestrations/served").json();
    assertThat(newest.get("version").intValue()).isEqualTo(2);
    assertThat(newest.get("versions")).hasSize(2);

    JsonNode first = rest.get("/api/orchestrations/served/versions/1").json();
    assertThat(first.get("version").intValue()).isEqualTo(1);
    assertThat(first.get("steps")).hasSize(2);
    JsonNode diff = rest.get("/api/orchestrations/served/diff?from=1&to=2").json();
    assertThat(diff.at("/steps/0/name").stringValue()).isEqualTo("garnish");
    assertThat(diff.at("/steps/0/change").stringValue()).isEqualTo("ADDED");
    assertThat(diff.at("/edges/added")).isNotEmpty();
    for (String missing : List.of("versions/9", "diff?from=1&to=9", "diff?from=9&to=1")) {
      Reply reply = rest.get("/api/orchestrations/served/" + missing);
      assertThat(reply.status()).as(missing).isEqualTo(404);
      assertThat(reply.json().get("detail").stringValue())
          .contains("has no version 9; kept are 1, 2");
    }
    assertThat(rest.get("/api/orchestrations/unknown/versions/1").json().get("type").stringValue())
        .endsWith("unknown-orchestration");
  }

  @Test
  void aPausedOrchestrationAcceptsNoStarts() {
    register("pausable", "one");
    changeStatus("pausable", "paused");
    assertThat(rest.get("/api/orchestrations/pausable").json().get("status").stringValue())
        .isEqualTo("PAUSED");
    Reply refused = rest.post("/api/orchestrations/execute", start("pausable", ""));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("detail").stringValue()).contains("\"pausable\" is paused");
    // It stays paused when a starting service registers it again.
    register("pausable", "one");
    assertThat(rest.get("/api/orchestrations/pausable").json().get("status").stringValue())
        .isEqualTo("PAUSED");
    changeStatus("pausable", "active");
    assertThat(rest.post("/api/orchestrations/execute", start("pausable", "")).status())
        .isEqualTo(202);
  }

  private void changeStatus(String name, String word) {
    Reply reply =
        rest.post(
            "/api/orchestrations",
            "{orchestrationName: %s, status: %s}".formatted(name, word),
            "Content-Type",
            YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/orchestrationStatus").stringValue())
        .isEqualToIgnoringCase(word);
  }

  @Test
  void aRefusedRegistrationNamesEveryProblemAndItsPlace() {
    Reply reply =
        rest.post(
            "/api/orchestrations",
            """
            orchestrationName: bad.name
            steps:
              - {seq: 1, name: twin}
              - {seq: 2, name: twin}
            """,
            "Content-Type",
            "text/plain");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.contentType()).isEqualTo("application/problem+json");
    assertThat(reply.json().get("problems")).hasSizeGreaterThanOrEqualTo(2);
    assertThat(reply.json().at("/problems/0/message").stringValue()).contains("dot");
    assertThat(reply.json().at("/problems/0/line").intValue()).isEqualTo(1);
  }
}
