package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The server itself: unknown paths and parameters, dead letters, health, meters and the OpenAPI
 * document.
 */
abstract class ServerOverRest extends ServiceScenarios {

  ServerOverRest(RunningService service) {
    super(service);
  }

  @Test
  void unknownAndInvalidRequestsGetDifferentAnswers() {
    Reply orchestration = rest.post("/api/orchestrations/execute", start("nowhere", ""));
    assertThat(orchestration.status()).isEqualTo(404);
    assertThat(orchestration.json().get("type").stringValue())
        .isEqualTo("urn:doundo:problem:unknown-orchestration");
    assertThat(rest.get("/api/orchestrations/nowhere").status()).isEqualTo(404);
    for (String path : List.of("", "/any", "/any/timeline")) {
      Reply unknown = rest.get("/api/orchestrations/nowhere/executions" + path);
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.json().get("type").stringValue())
          .isEqualTo("urn:doundo:problem:unknown-orchestration");
    }
    assertThat(rest.get("/api/flows/nobody").status()).isEqualTo(404);
    assertThat(rest.get("/api/flows/a%2Fb%20%25").status()).isEqualTo(404);
    assertThat(rest.get("/api/flows/nobody/timeline").status()).isEqualTo(404);
    assertThat(rest.post("/api/flows/nobody/undo", "").json().get("type").stringValue())
        .isEqualTo("urn:doundo:problem:unknown-flow");
    assertThat(rest.post("/api/flows/nobody/explode", "").json().get("detail").stringValue())
        .contains("abandon");
    assertThat(rest.post("/api/orchestrations/execute", "{").status()).isEqualTo(400);
    Reply nothing = rest.get("/api/nothing");
    assertThat(nothing.status()).isEqualTo(404);
    assertThat(nothing.contentType()).isEqualTo("application/problem+json");
    Reply large = rest.post("/api/orchestrations/execute", "x".repeat(1_000_000));
    assertThat(large.status()).isEqualTo(413);
  }

  @Test
  void everyRouteRejectsUnknownQueryParameters() {
    JsonNode paths = rest.get("/v3/api-docs").json().get("paths");
    int routes = 0;
    for (String path : paths.propertyNames()) {
      for (String method : paths.get(path).propertyNames()) {
        routes++;
        List<String> known = new ArrayList<>();
        StringBuilder query = new StringBuilder("?nonsense=1");
        for (JsonNode parameter : paths.get(path).get(method).path("parameters")) {
          if (parameter.get("in").stringValue().equals("query")) {
            known.add(parameter.get("name").stringValue());
            query.append('&').append(parameter.get("name").stringValue()).append("=1");
          }
        }
        String target = path.replaceAll("\\{\\w+}", "any") + query;
        Reply reply =
            switch (method) {
              case "get" -> rest.get(target);
              case "patch" -> rest.patch(target, "");
              case "put" -> rest.put(target, "");
              case "delete" -> rest.delete(target);
              default -> rest.post(target, "");
            };
        assertThat(reply.status()).as(method + " " + target).isEqualTo(400);
        assertThat(reply.json().get("detail").stringValue())
            .contains("\"nonsense\" is unknown")
            .satisfies(detail -> known.forEach(name -> assertThat(detail).contains(name)));
        assertThat(reply.json().get("knownParameters"))
            .as("the OpenAPI document lists the parameters that the server accepts")
            .hasSize(known.size());
      }
    }
    assertThat(routes).isGreaterThan(15);
  }

  @Test
  void requestsThatTheServerItselfRejectsAreExplained() throws IOException {
    Reply number = rest.get("/api/flows?limit=many");
    assertThat(number.status()).isEqualTo(400);
    assertThat(number.json().get("detail").stringValue())
        .isEqualTo("limit must be a whole number, but is \"many\".");
    assertThat(rest.get("/api/dead-letters?limit=many").json().get("detail").stringValue())
        .isEqualTo("limit must be a whole number, but is \"many\".");
    int port = application.getEnvironment().getRequiredProperty("local.server.port", int.class);
    for (String path : List.of("/api/flows/a|b", "/api/flows/%00", "/api/flows/%zz")) {
      try (Socket socket = new Socket("localhost", port)) {
        String request =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 400")
            .contains("application/problem+json")
            .contains("/api/flow?flowId=");
      }
    }
  }

  @Test
  void aDeadLetterIsEditedAndSentAgain() {
    register("mended", "only");
    worker.send(
        Topics.EXECUTION_START, "{\"orchestrationName\":\"mended\",\"payload\":{\"order\":1},}");
    String letter =
        "/api/dead-letters/" + newestOf(Topics.EXECUTION_START, "mended").get("id").stringValue();
    String resend = letter.replaceFirst("-(\\d+)$", "/$1") + "/resend";

    Reply refused = rest.post(resend, "{\"reason\":\"once more\"}");
    assertThat(refused.status()).as("it would be a dead letter again").isEqualTo(422);
    assertThat(refused.json().get("type").stringValue())
        .isEqualTo("urn:doundo:problem:record-refused");
    String mended = "{\\\"orchestrationName\\\":\\\"mended\\\",\\\"payload\\\":{\\\"order\\\":1}}";
    String edit = "{\"value\":\"%s\",\"reason\":\"a comma too many\"}".formatted(mended);
    JsonNode tried = rest.post(resend + "?dryRun=true", edit).json();
    assertThat(tried.at("/verdict/accepted").asBoolean(false)).isTrue();
    assertThat(tried.get("role").stringValue()).isEqualTo("OPERATOR");
    assertThat(tried.get("sent").asBoolean(true)).isFalse();
    assertThat(rest.post(resend, "{\"value\":\"%s\"}".formatted(mended)).status())
        .as("an edit needs a reason")
        .isEqualTo(400);

    JsonNode sent = rest.post(resend, edit).json();
    rest.post(resend, edit);
    assertThat(sent.get("sent").asBoolean(false)).isTrue();
    assertThat(sent.get("topic").stringValue()).isEqualTo(Topics.EXECUTION_START);
    String flowId = "resent-" + letter.substring(letter.lastIndexOf('/') + 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/flows?orchestration=mended").json().get("flows"))
                    .as("sent twice, it starts one flow")
                    .singleElement()
                    .satisfies(
                        flow -> assertThat(flow.get("flowId").stringValue()).isEqualTo(flowId)));
  }

  @Test
  void deadLettersAreGroupedMarkedAsSeenAndSentAgainInBulk() {
    for (int i = 0; i < 3; i++) {
      ProducerRecord<byte[], byte[]> letter =
          new ProducerRecord<>(
              Topics.DEAD_LETTER,
              "{\"orchestrationName\":\"bulk%d\",\"flowId\":\"bulk-%d\",\"payload\":{}}"
                  .formatted(i, i)
                  .getBytes(StandardCharsets.UTF_8));
      letter
          .headers()
          .add("dead-letter-source-topic", Topics.EXECUTION_START.getBytes(StandardCharsets.UTF_8))
          .add(
              "dead-letter-reason",
              ("In bulk: attempt " + i + " failed.").getBytes(StandardCharsets.UTF_8));
      worker.send(letter);
    }
    String starts = "topic=" + Topics.EXECUTION_START + "&reason=bulk";
    JsonNode group =
        await()
            .atMost(PATIENCE)
            .until(
                () -> rest.get("/api/dead-letters/groups?" + starts).json(),
                groups -> groups.at("/groups/0/count").asInt(0) == 3);
    String fingerprint = group.at("/groups/0/fingerprint").stringValue();
    assertThat(group.at("/groups/0/unseen").asInt(0)).isEqualTo(3);

    for (int i = 0; i < 2; i++) {
      register("bulk" + i, "only");
    }
    String body =
        "{\"verb\":\"RESEND\",\"filter\":\"fingerprint=%s&seen=false\",\"reason\":\"registered now\"}"
            .formatted(fingerprint);
    JsonNode draft = rest.post("/api/jobs", body).json();
    assertThat(draft.get("matched").asInt(0)).isEqualTo(3);
    assertThat(draft.at("/preview/byOutcome/sent to " + Topics.EXECUTION_START).asInt(0))
        .isEqualTo(2);
    String job = "/api/jobs/" + draft.get("jobId").stringValue();
    assertThat(rest.post(job + "/start", "").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode done = rest.get(job).json();
              assertThat(done.get("state").stringValue()).isEqualTo("DONE");
              assertThat(done.get("accepted").asInt(0)).isEqualTo(2);
              assertThat(done.get("refused").asInt(0)).isEqualTo(1);
              assertThat(done.at("/outcome/resent").asInt(0)).isEqualTo(2);
              assertHasAge(done);
            });
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(rest.get("/api/flows/bulk-0").status()).isEqualTo(200);
              assertThat(rest.get("/api/flows/bulk-1").status()).isEqualTo(200);
            });

    String seen =
        "{\"fingerprint\":\"%s\",\"upTo\":\"%s\"}"
            .formatted(fingerprint, group.get("upTo").stringValue());
    assertThat(rest.post("/api/dead-letters/seen", seen).status()).isEqualTo(200);
    assertThat(rest.get("/api/dead-letters?seen=false&" + starts).json().get("deadLetters"))
        .isEmpty();
    JsonNode marked = rest.get("/api/dead-letters?seen=true&" + starts).json().get("deadLetters");
    assertThat(marked).hasSize(3);
    String one = "{\"ids\":[\"%s\"],\"seen\":false}".formatted(marked.at("/0/id").stringValue());
    assertThat(rest.post("/api/dead-letters/seen", one).json().get("marked").asInt(0)).isEqualTo(1);
    assertThat(rest.get("/api/dead-letters?seen=false&" + starts).json().get("deadLetters"))
        .hasSize(1);
  }

  @Test
  void aForgedDeadLetterOpensNoTopic() {
    ProducerRecord<byte[], byte[]> forged =
        new ProducerRecord<>(
            Topics.DEAD_LETTER, "{\"forged\":true}".getBytes(StandardCharsets.UTF_8));
    forged
        .headers()
        .add("dead-letter-source-topic", Topics.DEFINITIONS.getBytes(StandardCharsets.UTF_8));
    worker.send(forged);
    JsonNode letter = newestOf(Topics.DEFINITIONS, "forged");
    Reply refused =
        rest.post(
            "/api/dead-letters/" + letter.get("id").stringValue().replace('-', '/') + "/resend",
            "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("detail").stringValue())
        .contains("says it came from orchestrator.definitions, which is neither");
  }

  private JsonNode newestOf(String topic, String part) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/api/dead-letters?limit=1&topic=" + topic).json().at("/deadLetters/0"),
            letter -> letter.path("value").asString("").contains(part));
  }

  @Test
  void deadLettersShowTheirReasonAndSource() {
    rest.post("/api/orchestrations/execute?allowUnregistered=true", start("later", ""));
    worker.send(Topics.RESPONSE, "not an answer");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode newest = newestAnswer("limit=5");
              assertThat(newest.path("topic").asString("")).isEqualTo(Topics.RESPONSE);
              assertThat(newest.path("value").asString("")).isEqualTo("not an answer");
              assertThat(newest.path("reason").asString("")).contains("JSON");
            });
    assertThat(rest.get("/api/dead-letters?limit=0").status()).isEqualTo(400);
    JsonNode page = rest.get("/api/dead-letters?limit=1").json();
    assertThat(page.get("deadLetters"))
        .as("the newest one is found whatever stands behind it")
        .hasSize(1);
    String large = "y".repeat(100_000);
    worker.send(Topics.RESPONSE, large);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode newest = newestAnswer("limit=1");
              assertThat(newest.path("valueBytes").asInt(0)).isEqualTo(large.length());
              assertThat(newest.path("truncated").asBoolean(false)).isTrue();
              String whole = "/api/dead-letters/" + newest.get("id").stringValue();
              assertThat(rest.get(whole).json().get("value").stringValue()).isEqualTo(large);
              assertThat(rest.get(whole + "/value").http().body()).isEqualTo(large);
            });
    assertThat(rest.get("/api/dead-letters/3-999999").status()).isEqualTo(404);
    assertThat(rest.get("/api/dead-letters/first").status()).isEqualTo(404);
  }

  /** Of the answers only: starts that nobody registered become dead letters at any time. */
  private JsonNode newestAnswer(String query) {
    String letters = "/api/dead-letters?topic=" + Topics.RESPONSE + '&' + query;
    return rest.get(letters).json().at("/deadLetters/0");
  }

  @Test
  void healthMetricsAndOpenApiAreServed() {
    assertThat(rest.get("/actuator/health/liveness").json().get("status").stringValue())
        .isEqualTo("UP");
    JsonNode health = rest.get("/actuator/health").json();
    assertThat(health.at("/components/orchestrator/details/registrations").stringValue())
        .isEqualTo("accepted");
    assertThat(health.at("/components/orchestrator/details/engine").stringValue())
        .isEqualTo("RUNNING");
    assertThat(rest.get("/actuator/env").status()).isEqualTo(404);
    assertThat(rest.get("/actuator/prometheus").http().body())
        .contains("doundo_flows{", "doundo_flows_ended_total", "doundo_dead_letters_total")
        .contains("kafka_stream_");
    JsonNode api = rest.get("/v3/api-docs").json();
    assertThat(api.at("/paths").propertyNames())
        .contains("/api/flows", "/api/flows/{flowId}/{verb}", "/api/orchestrations/execute");
    assertThat(api.at("/paths/~1api~1flows/get/parameters"))
        .extracting(parameter -> parameter.get("name").stringValue())
        .contains("status", "step", "error", "cursor");
    assertThat(api.at("/components/securitySchemes").propertyNames()).contains("apiKey", "bearer");
    Map<String, String> ofOne =
        Map.of(
            "~1api~1jobs~1{jobId}",
            "matched",
            "~1api~1schedules~1{orchestration}~1{trigger}",
            "times",
            "~1api~1breakers~1{name}",
            "held",
            "~1api~1notifications~1{id}",
            "receiver");
    ofOne.forEach(
        (path, field) ->
            assertThat(propertiesOf(api, "/paths/" + path + "/get"))
                .as(path)
                .contains("asOf", "lagMs", "complete", field));
    for (String start :
        List.of("~1api~1orchestrations~1execute", "~1api~1flows~1{flowId}~1replay")) {
      JsonNode answers = api.at("/paths/" + start + "/post/responses");
      assertThat(answers.propertyNames()).contains("200", "202", "409", "501", "default");
      assertThat(answers.at("/200/content").iterator().next().at("/schema/$ref").stringValue())
          .endsWith("/FlowView");
      assertThat(answers.at("/202/content").iterator().next().at("/schema/$ref").stringValue())
          .endsWith("/StartAccepted");
      assertThat(answers.at("/default/content/application~1problem+json").isMissingNode())
          .isFalse();
    }
  }

  /** The fields of the answer of an operation, as the OpenAPI document has them. */
  private static Collection<String> propertiesOf(JsonNode api, String operation) {
    String schema =
        api.at(operation + "/responses/200/content")
            .iterator()
            .next()
            .at("/schema/$ref")
            .stringValue()
            .substring(1);
    return api.at(schema + "/properties").propertyNames();
  }
}
