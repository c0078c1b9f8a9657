package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Circuit breakers, as operators see and change them. */
abstract class BreakersOverRest extends ServiceScenarios {

  private static final Path EXAMPLES = Path.of("..", "registration-examples");
  private static final String BANK = "/api/breakers/bank";

  BreakersOverRest(RunningService service) {
    super(service);
  }

  private String stepOf(String flowId) {
    for (JsonNode step : rest.get("/api/flows/" + flowId).json().path("steps")) {
      if (step.path("name").asString("").equals("chargeAccount")) {
        return step.path("status").asString("");
      }
    }
    return "";
  }

  private List<String> history(String path) {
    return rest.get(path)
        .json()
        .path("recent")
        .valueStream()
        .map(entry -> entry.path("type").asString(""))
        .toList();
  }

  @Test
  void theExampleWaitsWhileItsBankIsClosedForMaintenance() throws Exception {
    // Until it has read the topic, the instance does not say that there is none.
    await().atMost(PATIENCE).until(() -> rest.get(BANK).status() == 404);
    assertThat(rest.post(BANK + "/reset", "").status()).isEqualTo(404);
    Reply opened = rest.post(BANK + "/open", "{\"for\": \"1h\", \"reason\": \"maintenance\"}");
    assertThat(opened.status()).as(opened.http().body()).isEqualTo(200);
    assertThat(opened.json().path("state").asString("")).isEqualTo("FORCED_OPEN");
    assertThat(opened.json().path("why").asString("")).isEqualTo("maintenance");

    String document = Files.readString(EXAMPLES.resolve("bill-registration.yaml"));
    assertThat(rest.post("/api/orchestrations", document, "Content-Type", YAML).status())
        .isEqualTo(200);
    String start = Files.readString(EXAMPLES.resolve("bill-payment-event.json"));
    assertThat(rest.post("/api/orchestrations/execute", start).status()).isBetween(200, 299);
    await().atMost(PATIENCE).until(() -> stepOf("bill-2001").equals("HELD"));
    await().atMost(PATIENCE).until(() -> rest.get(BANK).json().path("held").asInt(0) == 1);
    assertThat(rest.get("/api/flows/bill-2001/why").http().body()).contains("bank");

    Reply reset = rest.post(BANK + "/reset", "{\"controlId\": \"back\", \"reason\": \"done\"}");
    assertThat(reset.status()).as(reset.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/flows/bill-2001")
                    .json()
                    .path("status")
                    .asString("")
                    .equals("COMPLETED"));
    assertThat(history(BANK)).startsWith("BREAKER_RESET", "BREAKER_FORCED_OPEN");
  }

  @Test
  void figuresAreSetAndABreakerIsForgotten() {
    String post = "/api/breakers/post";
    Reply set = rest.put(post, "{\"faults\": 2, \"openFor\": \"30s\", \"reason\": \"few flows\"}");
    assertThat(set.status()).as(set.http().body()).isEqualTo(200);
    JsonNode config = set.json().path("config");
    assertThat(config.path("faults").asInt(0)).isEqualTo(2);
    assertThat(config.path("openForMs").asInt(0)).isEqualTo(30_000);
    assertThat(config.path("windowMs").asInt(0)).isEqualTo(60_000);
    assertThat(set.json().path("state").asString("")).isEqualTo("CLOSED");
    // Only one that has not been closed for long is an incident.
    assertThat(rest.get("/api/incidents").json().path("breakers").isArray()).isTrue();
    assertThat(rest.get("/api/incidents").json().path("breakers")).isEmpty();
    assertThat(rest.get("/api/breakers").json().path("breakers").valueStream())
        .anySatisfy(one -> assertThat(one.path("name").asString("")).isEqualTo("post"));

    assertThat(rest.delete(post).status()).isEqualTo(204);
    await().atMost(PATIENCE).until(() -> rest.get(post).status() == 404);
  }

  private void registerTill(String figures, String steps) {
    String document =
        "{orchestrationName: tillPayment, vocabulary: 2, breakers: {till: %s}, steps: [%s]}"
            .formatted(figures, steps);
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private int faultsOfTill() {
    return rest.get("/api/breakers/till").json().at("/config/faults").asInt(0);
  }

  @Test
  void aDocumentSetsTheFiguresOfItsBreakers() {
    String step = "{name: pay, breaker: till}";
    registerTill("{faults: 2, openFor: 30s}", step);
    await().atMost(PATIENCE).until(() -> faultsOfTill() == 2);
    JsonNode till = rest.get("/api/breakers/till").json();
    assertHasAge(till);
    assertThat(till.at("/config/openForMs").asInt(0)).isEqualTo(30_000);
    assertThat(till.at("/recent/0/reason").asString(""))
        .isEqualTo("registered with tillPayment version 1");

    // What an operator sets stays until a version has other figures.
    assertThat(rest.put("/api/breakers/till", "{\"faults\": 9}").status()).isEqualTo(200);
    registerTill("{faults: 2, openFor: 30s}", step);
    registerTill("{faults: 2, openFor: 30s}", step + ", {name: file}");
    registerTill("{faults: 4}", step);
    await().atMost(PATIENCE).until(() -> faultsOfTill() == 4);
    assertThat(history("/api/breakers/till"))
        .containsExactly("BREAKER_CONFIGURED", "BREAKER_CONFIGURED", "BREAKER_CONFIGURED");
  }

  @Test
  void whatCannotBeIsRefusedWithTheReason() {
    String rail = "/api/breakers/rail";
    Reply zero = rest.put(rail, "{\"faults\": 0}");
    assertThat(zero.status()).isEqualTo(409);
    assertThat(zero.http().body()).contains("faults must be between 1 and 1000");
    Reply tooLong = rest.post(rail + "/open", "{\"for\": \"9d\", \"reason\": \"holidays\"}");
    assertThat(tooLong.status()).isEqualTo(409);
    assertThat(tooLong.http().body()).contains("more than 7 days away");
    assertThat(rest.post(rail + "/open", "{\"for\": \"1h\"}").http().body())
        .contains("reason is missing");
    assertThat(rest.post(rail + "/open", "{\"reason\": \"x\"}").status()).isEqualTo(400);
    assertThat(rest.post(rail + "/close", "{}").status()).isEqualTo(404);
    assertThat(rest.put(rail, "{\"fault\": 1}").status()).isEqualTo(400);
    assertThat(rest.put("/api/breakers/a.b", "{\"faults\": 1}").status()).isEqualTo(400);
  }
}
