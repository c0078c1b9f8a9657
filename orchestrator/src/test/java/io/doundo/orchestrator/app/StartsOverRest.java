package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ProtocolHandler;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import tools.jackson.databind.JsonNode;

/** Starting flows over REST: payloads, waits for the end, and the uniqueness of flow ids. */
abstract class StartsOverRest extends ServiceScenarios {

  StartsOverRest(RunningService service) {
    super(service);
  }

  @Test
  void aRegisteredOrchestrationRunsToItsEnd() {
    register("shipping", "pack", "label", "send");
    String flowId = UUID.randomUUID().toString();
    Reply reply =
        rest.post(
            "/api/orchestrations/execute?wait=60s",
            """
            {"orchestrationName": "shipping", "flowId": "%s", "payload": {"order": 4711.10}}"""
                .formatted(flowId));
    assertThat(reply.status()).isEqualTo(200);
    JsonNode flow = reply.json();
    assertThat(flow.get("flowId").stringValue()).isEqualTo(flowId);
    assertThat(flow.get("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(flow.get("version").intValue()).isEqualTo(1);
    assertThat(flow.get("steps"))
        .extracting(step -> step.get("status").stringValue())
        .containsExactly("DO_SUCCESS", "DO_SUCCESS", "DO_SUCCESS");
    assertThat(flow.at("/steps/1/result/madeBy").stringValue()).isEqualTo("label");
    assertThat(reply.http().body()).contains("4711.10");
    assertThat(rest.get("/api/flows/" + flowId).json().get("status").stringValue())
        .isEqualTo("COMPLETED");
  }

  private static final String VOCABULARY =
      """
      orchestrationName: vocabulary
      vocabulary: 2
      title: All at once
      payload: { type: object, required: [amount] }
      result: { maker: "{{ steps.make.result.by }}", total: "{{ steps.total.result.sum }}" }
      steps:
        - name: total
          set: { sum: "{{ payload.amount * 2 }}" }
        - name: check
          validate: [ { that: payload.amount < 100, message: "{{ payload.amount }} is too much" } ]
        - name: make
          input: { sum: "{{ steps.total.result.sum }}" }
          result: { by: "{{ result.madeBy }}" }
          undo: { input: { by: "{{ result.?by.orValue('nobody') }}" } }
        - name: gift
          when: payload.amount > 50
          undo: none
        - name: complete
          validate: [ { that: "!has(payload.broken)", message: it is broken } ]
      """;

  @Test
  void expressionsAreEvaluatedBetweenTheCommandsOfAPlainWorker() {
    assertThat(rest.post("/api/orchestrations", VOCABULARY, "Content-Type", YAML).status())
        .isLessThan(300);
    assertThat(rest.get("/api/orchestrations/vocabulary").json().get("title").stringValue())
        .isEqualTo("All at once");

    JsonNode small = vocabularyFlow("small", "{\"amount\": 10}");
    assertThat(statuses(small))
        .containsExactly("DO_SUCCESS", "DO_SUCCESS", "DO_SUCCESS", "NOT_TAKEN", "DO_SUCCESS");
    assertThat(small.get("result")).hasToString("{\"maker\":\"make\",\"total\":20}");
    assertThat(small.at("/steps/2/result")).hasToString("{\"by\":\"make\"}");
    assertThat(worker.received("small", "DO", "make")).hasToString("{\"sum\":20}");

    JsonNode large = vocabularyFlow("large", "{\"amount\": 60}");
    assertThat(statuses(large)).containsOnly("DO_SUCCESS");

    JsonNode tooLarge = vocabularyFlow("tooLarge", "{\"amount\": 200}");
    assertThat(tooLarge.get("status").stringValue()).isEqualTo("UNDONE");
    assertThat(tooLarge.get("reason").stringValue()).contains("200 is too much");

    JsonNode unclear = vocabularyFlow("unclear", "{\"amount\": \"many\"}");
    assertThat(unclear.get("status").stringValue()).isEqualTo("UNDONE");
    assertThat(worker.received("unclear", "DO", "make")).isNull();

    JsonNode broken = vocabularyFlow("broken", "{\"amount\": 10, \"broken\": true}");
    assertThat(broken.get("status").stringValue()).isEqualTo("UNDONE");
    assertThat(broken.get("reason").stringValue()).contains("it is broken");
    assertThat(worker.received("broken", "UNDO", "make")).hasToString("{\"by\":\"make\"}");

    Reply refused =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"vocabulary\", \"payload\": {}}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("detail").stringValue()).contains("amount");
  }

  private JsonNode vocabularyFlow(String flowId, String payload) {
    Reply reply =
        rest.post(
            "/api/orchestrations/execute?wait=60s",
            "{\"orchestrationName\": \"vocabulary\", \"flowId\": \"%s\", \"payload\": %s}"
                .formatted(flowId, payload));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    return reply.json();
  }

  private static List<String> statuses(JsonNode flow) {
    List<String> statuses = new ArrayList<>();
    flow.get("steps").forEach(step -> statuses.add(step.get("status").stringValue()));
    return statuses;
  }

  @Test
  void anExpiredWaitReturnsTheFlowIdHoweverShortTheServersOwnTimeout() {
    register("slow", "never");
    worker.silence("never");
    Reply reply = rest.post("/api/orchestrations/execute?wait=3s", start("slow", ""));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
    assertThat(reply.json().get("status").stringValue()).isEqualTo("IN_PROGRESS");
    String flowId = reply.json().get("flowId").stringValue();
    assertThat(rest.get("/api/flows/" + flowId).json().path("initiator").asString(""))
        .as("who asked, when no service is named")
        .isEqualTo("local");
  }

  @Test
  void aClientThatDisconnectsLeavesNothingBehind() throws Exception {
    register("left", "open");
    worker.silence("open");
    String followed = "left-followed";
    rest.post("/api/orchestrations/execute?wait=1s", start("left", flowId(followed)));
    FlowWaits waits = application.getBean(FlowWaits.class);
    try (Socket following = request("GET /api/flows/" + followed + "/events", "")) {
      assertThat(following.getInputStream().read()).isPositive();
      // Requested only now, because it ends soon.
      try (Socket waiting =
          request(
              "POST /api/orchestrations/execute?wait=4s", start("left", flowId("left-waiting")))) {
        await().atMost(PATIENCE).until(() -> waits.waiting() > 0);
        assertThat(waiting.isConnected()).isTrue();
      }
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              // A lost client is noticed only when something is written to it.
              rest.post("/api/flows/" + followed + "/pause", "");
              rest.post("/api/flows/" + followed + "/resume", "");
              assertThat(waits.waiting()).as("waits").isZero();
              assertThat(application.getBean(FlowWatch.class).watched()).as("watches").isZero();
              assertThat(asynchronousRequests()).as("open requests").isZero();
            });
    // A thread may still be on its way back from the answer that it gave last.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(
                      application
                          .getBean("streamSenders", ThreadPoolExecutor.class)
                          .getActiveCount())
                  .isZero();
              assertThat(
                      application
                          .getBean("apiExecutor", ThreadPoolTaskExecutor.class)
                          .getActiveCount())
                  .isZero();
            });
  }

  private Socket request(String line, String body) throws IOException {
    int port = application.getEnvironment().getRequiredProperty("local.server.port", int.class);
    Socket socket = new Socket("localhost", port);
    String request =
        "%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(line, body.length(), body);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** How many requests Tomcat keeps open without a thread. */
  private int asynchronousRequests() {
    WebServer server = ((WebServerApplicationContext) application).getWebServer();
    TomcatWebServer tomcat = (TomcatWebServer) Objects.requireNonNull(server);
    ProtocolHandler handler = tomcat.getTomcat().getConnector().getProtocolHandler();
    return ((AbstractProtocol<?>) handler).getWaitingProcessorCount();
  }

  private static String flowId(String flowId) {
    return ", \"flowId\": \"" + flowId + "\"";
  }

  @Test
  void oneOfTwoSimultaneousStartsOfAFlowIdIsAConflict() {
    register("contested", "once");
    for (int pair = 0; pair < 8; pair++) {
      String flowId = UUID.randomUUID().toString();
      List<CompletableFuture<Reply>> replies =
          List.of(contested(flowId, "{\"mine\":1}"), contested(flowId, "{\"mine\":2}"));
      assertThat(replies)
          .extracting(reply -> reply.join().status())
          .containsExactlyInAnyOrder(200, 409);
    }
    String flowId = UUID.randomUUID().toString();
    List<CompletableFuture<Reply>> same =
        List.of(contested(flowId, "{\"a\":1,\"b\":1.0}"), contested(flowId, "{\"b\":1.0,\"a\":1}"));
    assertThat(same).extracting(reply -> reply.join().status()).containsExactly(200, 200);
  }

  private CompletableFuture<Reply> contested(String flowId, String payload) {
    return CompletableFuture.supplyAsync(
        () ->
            rest.post(
                "/api/orchestrations/execute?wait=60s",
                """
                {"orchestrationName": "contested", "flowId": "%s", "payload": %s}"""
                    .formatted(flowId, payload)));
  }

  @Test
  void aFlowIdStartsOneFlow() {
    register("unique", "only");
    String flowId = "order/" + UUID.randomUUID() + " %";
    String path = "/api/orchestrations/execute?wait=60s";
    String body = start("unique", ", \"flowId\": \"" + flowId + "\"");
    assertThat(rest.post(path, body).status()).isEqualTo(200);
    Reply again = rest.post(path, body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("status").stringValue()).isEqualTo("COMPLETED");
    Reply other = rest.post(path, body.replace("4711", "4712"));
    assertThat(other.status()).as(other.http().body()).isEqualTo(409);
    String inPath = flowId.replace("%", "%25").replace("/", "%2F").replace(" ", "%20");
    assertThat(rest.get("/api/flows/" + inPath).json().get("flowId").stringValue())
        .isEqualTo(flowId);
  }
}
