package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.api.FlowWaits;
import io.doundo.orchestrator.app.Rest.RestReply;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ProtocolHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import tools.jackson.databind.JsonNode;

/** The whole application on a real broker, seen through nothing but HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrchestratorServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String YAML = "application/yaml";

  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;

  @BeforeAll
  void start(@TempDir Path stateDir) {
    broker = new TestBroker();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                // Every wait has a limit of its own; the server's must not matter.
                "--spring.mvc.async.request-timeout=300",
                "--doundo.partitions=4",
                "--doundo.step-topics.partitions=2",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
  }

  @AfterAll
  void stop() {
    worker.close();
    application.close();
    broker.close();
  }

  @Test
  void aRegisteredOrchestrationRunsToItsEnd() {
    register("shipping", "pack", "label", "send");
    String flowId = UUID.randomUUID().toString();
    RestReply reply =
        rest.post(
            "/api/orchestrations/execute?wait=30s",
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

    RestReply refused =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"vocabulary\", \"payload\": {}}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("detail").stringValue()).contains("amount");
  }

  private JsonNode vocabularyFlow(String flowId, String payload) {
    RestReply reply =
        rest.post(
            "/api/orchestrations/execute?wait=30s",
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
  void aWaitThatIsOverTellsTheFlowIdHoweverShortTheServersOwnLimit() {
    register("slow", "never");
    worker.silence("never");
    RestReply reply = rest.post("/api/orchestrations/execute?wait=1s", start("slow", ""));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
    assertThat(reply.json().get("status").stringValue()).isEqualTo("IN_PROGRESS");
    String flowId = reply.json().get("flowId").stringValue();
    assertThat(rest.get("/api/flows/" + flowId).json().path("initiator").asString(""))
        .as("who asked, when no service is named")
        .isEqualTo("local");
  }

  @Test
  void ofAClientThatGoesAwayNothingIsHeld() throws Exception {
    register("left", "open");
    worker.silence("open");
    String followed = "left-followed";
    rest.post("/api/orchestrations/execute?wait=1s", start("left", flowId(followed)));
    FlowWaits waits = application.getBean(FlowWaits.class);
    try (Socket waiting =
            request(
                "POST /api/orchestrations/execute?wait=2s", start("left", flowId("left-waiting")));
        Socket following = request("GET /api/flows/" + followed + "/events", "")) {
      assertThat(following.getInputStream().read()).isPositive();
      await().atMost(PATIENCE).until(() -> waits.waiting() > 0);
      assertThat(waiting.isConnected()).isTrue();
    }

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              int held =
                  waits.waiting()
                      + application.getBean(FlowWatch.class).watched()
                      + asynchronousRequests();
              if (held > 0) {
                // That a client has gone shows when something is written to it.
                rest.post("/api/flows/" + followed + "/pause", "");
                rest.post("/api/flows/" + followed + "/resume", "");
              }
              return held == 0;
            });
    assertThat(application.getBean("streamSenders", ThreadPoolExecutor.class).getActiveCount())
        .isZero();
    assertThat(application.getBean("apiExecutor", ThreadPoolTaskExecutor.class).getActiveCount())
        .isZero();
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
  void ofTwoStartsUnderOneFlowIdAtTheSameMomentOneIsAConflict() {
    register("contested", "once");
    for (int pair = 0; pair < 8; pair++) {
      String flowId = UUID.randomUUID().toString();
      List<CompletableFuture<RestReply>> replies =
          List.of(contested(flowId, "{\"mine\":1}"), contested(flowId, "{\"mine\":2}"));
      assertThat(replies)
          .extracting(reply -> reply.join().status())
          .containsExactlyInAnyOrder(200, 409);
    }
    String flowId = UUID.randomUUID().toString();
    List<CompletableFuture<RestReply>> same =
        List.of(contested(flowId, "{\"a\":1,\"b\":1.0}"), contested(flowId, "{\"b\":1.0,\"a\":1}"));
    assertThat(same).extracting(reply -> reply.join().status()).containsExactly(200, 200);
  }

  private CompletableFuture<RestReply> contested(String flowId, String payload) {
    return CompletableFuture.supplyAsync(
        () ->
            rest.post(
                "/api/orchestrations/execute?wait=30s",
                """
                {"orchestrationName": "contested", "flowId": "%s", "payload": %s}"""
                    .formatted(flowId, payload)));
  }

  @Test
  void aFlowThatFailsIsUndoneAndItsTimelineTellsSoInOrder() {
    register("booking", "hotel", "flight", "car");
    worker.breakStep("car");
    JsonNode flow = execute("booking");
    assertThat(flow.get("status").stringValue()).isEqualTo("UNDONE");
    assertThat(flow.at("/steps/2/status").stringValue()).isEqualTo("FAILED");
    assertThat(flow.at("/steps/2/errorMessage").stringValue()).isEqualTo("the shelf is empty");
    String flowId = flow.get("flowId").stringValue();

    JsonNode timeline = rest.get("/api/flows/" + flowId + "/timeline").json();
    assertThat(timeline.get("complete").booleanValue()).isTrue();
    assertThat(timeline.get("events"))
        .extracting(event -> event.get("type").stringValue())
        .startsWith("FLOW_STARTED", "STEP_STARTED", "STEP_SUCCESS", "STEP_STARTED")
        .endsWith("FLOW_UNDONE");
    assertThat(timeline.get("events"))
        .filteredOn(event -> event.path("operation").asString("").equals("UNDO"))
        .filteredOn(event -> event.get("type").stringValue().equals("STEP_STARTED"))
        .extracting(event -> event.get("step").stringValue())
        .containsExactly("flight", "hotel");
    assertThat(timeline.get("events"))
        .extracting(event -> event.get("transition").intValue())
        .isSorted();
    assertThat(rest.get("/api/orchestrations/booking/executions/" + flowId + "/timeline").json())
        .isEqualTo(timeline);
  }

  @Test
  void anEventStreamTellsAFlowToItsEnd() {
    register("told", "once", "twice");
    String flowId = execute("told").get("flowId").stringValue();
    List<String> lines = rest.stream("/api/flows/" + flowId + "/events").toList();
    assertThat(lines).contains("id:1", "event:transition");
    assertThat(lines).anyMatch(line -> line.contains("FLOW_COMPLETED"));
    assertThat(lines).as("why it ends").contains("event:end");
    String last =
        lines.stream().filter(line -> line.startsWith("id:")).reduce((x, y) -> y).orElse("");
    assertThat(
            rest.get("/api/flows/" + flowId + "/events", "Last-Event-ID", last.substring(3))
                .status())
        .isEqualTo(204);
  }

  @Test
  void aReplayIsANewFlowWithTheOldPayload() {
    register("returning", "goods", "money");
    worker.breakStep("money");
    JsonNode old = execute("returning");
    assertThat(old.get("status").stringValue()).isEqualTo("UNDONE");
    String path = "/api/flows/" + old.get("flowId").stringValue() + "/replay?wait=30s";

    JsonNode flow = rest.post(path, "").json();
    assertThat(flow.get("flowId")).isNotEqualTo(old.get("flowId"));
    assertThat(flow.get("orchestrationName").stringValue()).isEqualTo("returning");
    assertThat(flow.get("payload")).isEqualTo(old.get("payload"));
    assertThat(rest.get("/api/flows/" + old.get("flowId").stringValue()).json().get("completedAt"))
        .as("the old flow stays as it is")
        .isEqualTo(old.get("completedAt"));

    String newId = UUID.randomUUID().toString();
    String body = "{\"flowId\": \"%s\", \"payload\": {\"other\": 1}}".formatted(newId);
    JsonNode other = rest.post(path, body).json();
    assertThat(other.get("flowId").stringValue()).isEqualTo(newId);
    assertThat(other.at("/payload/other").intValue()).isEqualTo(1);
    assertThat(rest.post(path, body).json()).as("made again, it starts nothing").isEqualTo(other);

    assertThat(rest.post(path, "{\"flowId\": %s}".formatted(old.get("flowId"))).status())
        .isEqualTo(400);
    assertThat(rest.post(path, "{\"flow\": 1}").status()).isEqualTo(400);
    assertThat(rest.post("/api/flows/none/replay", "").status()).isEqualTo(404);
  }

  @Test
  void operatorsControlAFlow() {
    register("repair", "diagnose", "wait");
    worker.silence("wait");
    RestReply started = rest.post("/api/orchestrations/execute", start("repair", ""));
    assertThat(started.status()).isEqualTo(202);
    assertThat(started.json().get("status").stringValue()).isEqualTo("ACCEPTED");
    String flow = "/api/flows/" + started.json().get("flowId").stringValue();
    assertThat(rest.get(flow).status()).as("it is there at once").isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(flow).json().at("/steps/1/status").asString(""))
                    .isEqualTo("IN_PROGRESS"));

    CompletableFuture<List<String>> told =
        CompletableFuture.supplyAsync(() -> rest.stream(flow + "/events").toList());

    RestReply paused = rest.post(flow + "/pause", "{\"reason\": \"lunch\", \"controlId\": \"c1\"}");
    assertThat(paused.status()).as(paused.http().body()).isEqualTo(200);
    assertThat(paused.json().get("accepted").booleanValue()).isTrue();
    assertThat(rest.get(flow).json().get("paused").booleanValue()).isTrue();
    assertThat(rest.post(flow + "/pause", "{\"controlId\": \"c1\"}").status()).isEqualTo(200);
    assertThat(rest.post(flow + "/resume", "").status()).isEqualTo(200);

    RestReply refused = rest.post(flow + "/resolve", "{\"stepName\": \"wait\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.contentType()).isEqualTo("application/problem+json");
    assertThat(refused.json().get("detail").stringValue()).contains("step wait is in flight");

    RestReply abandoned = rest.post(flow + "/abandon", "{\"reason\": \"scrapped\"}");
    assertThat(abandoned.status()).as(abandoned.http().body()).isEqualTo(200);
    assertThat(abandoned.json().get("status").stringValue()).isEqualTo("ABANDONED");
    assertThat(rest.get(flow).json().get("reason").stringValue()).contains("scrapped");
    assertThat(told)
        .as("the stream went on while the flow did, and ended with it")
        .succeedsWithin(PATIENCE)
        .asInstanceOf(LIST)
        .anySatisfy(line -> assertThat(line).asString().contains("FLOW_ABANDONED"));
    assertThat(rest.post(flow + "/retry", "{\"step\": \"wait\"}").status()).isEqualTo(400);
    assertThat(rest.get(flow + "/timeline").json().get("events"))
        .extracting(event -> event.get("type").stringValue())
        .contains("FLOW_PAUSED", "FLOW_RESUMED", "CONTROL_REFUSED", "FLOW_ABANDONED");
  }

  @Test
  void aForecastChangesNothingAndIsWhatThenHappens() {
    register("forecast", "first", "second");
    worker.silence("second");
    Reply started = rest.post("/api/orchestrations/execute", start("forecast", ""));
    String flowId = started.json().get("flowId").stringValue();
    String flow = "/api/flows/" + flowId;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(flow).json().at("/steps/1/status").asString(""))
                    .isEqualTo("IN_PROGRESS"));
    int transition = rest.get(flow).json().get("transition").intValue();

    JsonNode why = rest.get(flow + "/why").json();
    assertThat(why.get("headline").stringValue()).contains("The DO of second was sent");
    assertThat(why.at("/waitsFor/topic").stringValue())
        .isEqualTo("orchestrator.forecast.second.do");
    assertThat(why.get("facts")).hasSize(1);
    assertThat(rest.get("/api/flow/why?flowId=" + flowId).json().get("transition").intValue())
        .isEqualTo(transition);

    JsonNode plan = rest.get(flow + "/undo-plan").json();
    assertThat(plan.get("possible").booleanValue()).as(plan.toString()).isTrue();
    assertThat(plan.at("/drain/0/step").stringValue()).isEqualTo("second");
    assertThat(plan.at("/stages/0/0/step").stringValue()).isEqualTo("second");
    assertThat(plan.at("/stages/1/0/step").stringValue()).isEqualTo("first");
    assertThat(rest.get("/api/flow/undo-plan?flowId=" + flowId).status()).isEqualTo(200);

    assertThat(rest.get(flow + "/verbs").json())
        .anySatisfy(
            row -> {
              assertThat(row.get("verb").stringValue()).isEqualTo("UNDO");
              assertThat(row.get("allowed").booleanValue()).isTrue();
              assertThat(row.get("effect").stringValue())
                  .isEqualTo("→ UNDOING: waits for the answer of second first");
            })
        .anySatisfy(
            row -> {
              assertThat(row.get("verb").stringValue()).isEqualTo("RESOLVE");
              assertThat(row.get("refusal").stringValue()).contains("step second is in flight");
            });
    assertThat(rest.get("/api/flow/verbs?flowId=" + flowId).status()).isEqualTo(200);

    Reply dry = rest.post(flow + "/pause?dryRun=true", "{\"reason\": \"lunch\"}");
    assertThat(dry.status()).as(dry.http().body()).isEqualTo(200);
    assertThat(dry.json().get("transition").intValue()).isEqualTo(transition);
    assertThat(dry.json().at("/wouldBe/events"))
        .extracting(event -> event.get("type").stringValue())
        .containsExactly("CONTROL_ACCEPTED", "FLOW_PAUSED");
    Reply refused = rest.post(flow + "/resolve?dryRun=true", "{\"stepName\": \"second\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("detail").stringValue()).contains("step second is in flight");
    assertThat(rest.get(flow).json().get("transition").intValue())
        .as("a dry run makes no transition")
        .isEqualTo(transition);

    String outdated = "{\"expectTransition\": " + (transition + 7) + "}";
    for (String path : List.of("/undo?dryRun=true", "/undo")) {
      Reply changed = rest.post(flow + path, outdated);
      assertThat(changed.status()).as(path).isEqualTo(409);
      assertThat(changed.json().get("type").stringValue())
          .isEqualTo("urn:doundo:problem:changed-meanwhile");
    }

    int now = rest.get(flow).json().get("transition").intValue();
    String body = "{\"expectTransition\": " + now + ", \"controlId\": \"same\"}";
    Reply foreseen = rest.post(flow + "/abandon?dryRun=true", body);
    Reply done = rest.post(flow + "/abandon", body);
    assertThat(done.status()).as(done.http().body()).isEqualTo(200);
    assertThat(foreseen.json().at("/wouldBe/status")).isEqualTo(done.json().get("status"));
    List<String> events = new ArrayList<>();
    for (JsonNode event : rest.get(flow + "/timeline").json().get("events")) {
      events.add(event.get("type").stringValue());
    }
    List<String> expected = new ArrayList<>();
    for (JsonNode event : foreseen.json().at("/wouldBe/events")) {
      expected.add(event.get("type").stringValue());
    }
    assertThat(events).endsWith(expected.toArray(String[]::new));
    assertThat(rest.get(flow + "/why").json().get("headline").stringValue())
        .as("read from the archive")
        .startsWith("The flow has ended as ABANDONED");
    assertThat(rest.get("/api/flows/none/why").status()).isEqualTo(404);
  }

  @Test
  void aSignalIsTakenOnceOrRefusedWithTheReason() {
    String document =
        "{orchestrationName: approval, steps: [{name: wait, signal: approved,"
            + " accept: 'signal.payload.amount < 10'}, {name: pay}]}";
    assertThat(rest.post("/api/orchestrations", document, "Content-Type", YAML).status())
        .isEqualTo(200);
    Reply started = rest.post("/api/orchestrations/execute", start("approval", ""));
    String flow = "/api/flows/" + started.json().get("flowId").stringValue();
    String signals = flow + "/signals/";

    Reply unknown = rest.post(signals + "aproved", "");
    assertThat(unknown.status()).isEqualTo(409);
    assertThat(unknown.contentType()).isEqualTo("application/problem+json");
    assertThat(unknown.json().get("detail").stringValue())
        .contains("waits for no such signal, only for approved");

    String tooMuch = "{\"payload\": {\"amount\": 12}, \"controlId\": \"s-1\"}";
    for (int i = 0; i < 2; i++) {
      Reply refused = rest.post(signals + "approved", tooMuch);
      assertThat(refused.status()).as("also when it is repeated").isEqualTo(409);
      assertThat(refused.json().get("detail").stringValue()).contains("step wait does not accept");
    }
    assertThat(rest.post(signals + "approved", "{\"amount\": 7}").status()).isEqualTo(400);

    String enough = "{\"payload\": {\"amount\": 7}, \"controlId\": \"s-2\"}";
    for (int i = 0; i < 2; i++) {
      Reply taken = rest.post(signals + "approved", enough);
      assertThat(taken.status()).as(taken.http().body()).isEqualTo(200);
      assertThat(taken.json().get("accepted").booleanValue()).isTrue();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(flow).json().path("status").asString(""))
                    .isEqualTo("COMPLETED"));
    Reply late = rest.post(signals + "approved", "");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.json().get("detail").stringValue()).contains("has ended as COMPLETED");
    assertThat(rest.get(flow + "/timeline").json().get("events"))
        .extracting(event -> event.get("type").stringValue())
        .containsOnlyOnce("SIGNAL_TAKEN", "STEP_WAITING");
  }

  @Test
  void listsFindFlowsByTheirStateAndTheirErrors() {
    register("listed", "fine", "faulty");
    worker.breakStep("faulty");
    String flowId = execute("listed").get("flowId").stringValue();
    String query = "/api/flows?orchestration=listed&status=UNDONE&step=faulty&error=SHELF&limit=1";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(query).json().at("/flows/0/flowId").asString(""))
                    .isEqualTo(flowId));
    execute("listed");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(rest.get(query).json().path("nextCursor").isString()).isTrue());
    String cursor = rest.get(query).json().get("nextCursor").stringValue();
    JsonNode second = rest.get(query + "&cursor=" + cursor).json();
    assertThat(second.at("/flows/0/flowId").stringValue()).isEqualTo(flowId);
    assertThat(second.has("nextCursor")).isFalse();
    assertThat(second.get("complete").booleanValue()).isTrue();
    JsonNode executions = rest.get("/api/orchestrations/listed/executions").json();
    assertThat(executions.at("/executions/1/executionId").stringValue()).isEqualTo(flowId);
    assertThat(executions.at("/executions/1/orchName").stringValue()).isEqualTo("listed");
    assertThat(rest.get("/api/flows?status=HAPPY").status()).isEqualTo(400);
  }

  @Test
  void definitionsShowTheirVersionsAndWhoServesThem() {
    register("served", "cook", "plate");
    RestReply declared =
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
  }

  @Test
  void aPausedOrchestrationTakesNoStarts() {
    register("pausable", "one");
    changeStatus("pausable", "paused");
    assertThat(rest.get("/api/orchestrations/pausable").json().get("status").stringValue())
        .isEqualTo("PAUSED");
    RestReply refused = rest.post("/api/orchestrations/execute", start("pausable", ""));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("detail").stringValue()).contains("\"pausable\" is paused");
    // Registered again by a service that starts, it stays paused.
    register("pausable", "one");
    assertThat(rest.get("/api/orchestrations/pausable").json().get("status").stringValue())
        .isEqualTo("PAUSED");
    changeStatus("pausable", "active");
    assertThat(rest.post("/api/orchestrations/execute", start("pausable", "")).status())
        .isEqualTo(202);
  }

  private void changeStatus(String name, String word) {
    RestReply reply =
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
    RestReply reply =
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

  @Test
  void whatIsUnknownIsToldApartFromWhatIsWrong() {
    RestReply orchestration = rest.post("/api/orchestrations/execute", start("nowhere", ""));
    assertThat(orchestration.status()).isEqualTo(404);
    assertThat(orchestration.json().get("type").stringValue())
        .isEqualTo("urn:doundo:problem:unknown-orchestration");
    assertThat(rest.get("/api/orchestrations/nowhere").status()).isEqualTo(404);
    for (String path : List.of("", "/any", "/any/timeline")) {
      RestReply unknown = rest.get("/api/orchestrations/nowhere/executions" + path);
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
    RestReply nothing = rest.get("/api/nothing");
    assertThat(nothing.status()).isEqualTo(404);
    assertThat(nothing.contentType()).isEqualTo("application/problem+json");
    RestReply large = rest.post("/api/orchestrations/execute", "x".repeat(1_000_000));
    assertThat(large.status()).isEqualTo(413);
  }

  @Test
  void aFlowIdIsTakenOnce() {
    register("unique", "only");
    String flowId = "order/" + UUID.randomUUID() + " %";
    String path = "/api/orchestrations/execute?wait=20s";
    String body = start("unique", ", \"flowId\": \"" + flowId + "\"");
    assertThat(rest.post(path, body).status()).isEqualTo(200);
    RestReply again = rest.post(path, body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("status").stringValue()).isEqualTo("COMPLETED");
    RestReply other = rest.post(path, body.replace("4711", "4712"));
    assertThat(other.status()).as(other.http().body()).isEqualTo(409);
    String inPath = flowId.replace("%", "%25").replace("/", "%2F").replace(" ", "%20");
    assertThat(rest.get("/api/flows/" + inPath).json().get("flowId").stringValue())
        .isEqualTo(flowId);
  }

  @Test
  void everyRouteRefusesQueryParametersThatItDoesNotKnow() {
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
        RestReply reply = method.equals("get") ? rest.get(target) : rest.post(target, "");
        assertThat(reply.status()).as(method + " " + target).isEqualTo(400);
        assertThat(reply.json().get("detail").stringValue())
            .contains("\"nonsense\" is unknown")
            .satisfies(detail -> known.forEach(name -> assertThat(detail).contains(name)));
        assertThat(reply.json().get("knownParameters"))
            .as("what is described is what is known")
            .hasSize(known.size());
      }
    }
    assertThat(routes).isGreaterThan(15);
  }

  @Test
  void whateverStartsCanBeOperated() {
    register("named", "only");
    for (String flowId : List.of("s3://bucket/key", "CORP\\kim", "a;b=c?d#e", "..", "%2e")) {
      String body = start("named", ", \"flowId\": " + Json.MAPPER.writeValueAsString(flowId));
      assertThat(rest.post("/api/orchestrations/execute?wait=20s", body).status()).isEqualTo(200);
      String encoded = URLEncoder.encode(flowId, StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(rest.get("/api/flow?flowId=" + encoded).json().path("flowId").asString(""))
          .isEqualTo(flowId);
      assertThat(rest.get("/api/flow/timeline?flowId=" + encoded).status()).isEqualTo(200);
      if (!flowId.equals("..")) {
        assertThat(rest.get("/api/flows/" + encoded).json().path("flowId").asString(""))
            .as(encoded)
            .isEqualTo(flowId);
      }
      RestReply undone = rest.post("/api/flow/undo?flowId=" + encoded, "");
      assertThat(undone.status()).as(undone.http().body()).isEqualTo(200);
    }
  }

  @Test
  void whatTheServerRefusesItselfIsExplained() throws IOException {
    RestReply number = rest.get("/api/flows?limit=many");
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
  void deadLettersTellWhyAndWhereFrom() {
    rest.post("/api/orchestrations/execute?allowUnregistered=true", start("later", ""));
    worker.send(Topics.RESPONSE, "not an answer");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode newest = rest.get("/api/dead-letters?limit=5").json().at("/deadLetters/0");
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
              JsonNode newest = rest.get("/api/dead-letters?limit=1").json().at("/deadLetters/0");
              assertThat(newest.path("valueBytes").asInt(0)).isEqualTo(large.length());
              assertThat(newest.path("truncated").asBoolean(false)).isTrue();
              String whole = "/api/dead-letters/" + newest.get("id").stringValue();
              assertThat(rest.get(whole).json().get("value").stringValue()).isEqualTo(large);
              assertThat(rest.get(whole + "/value").http().body()).isEqualTo(large);
            });
    assertThat(rest.get("/api/dead-letters/3-999999").status()).isEqualTo(404);
    assertThat(rest.get("/api/dead-letters/first").status()).isEqualTo(404);
  }

  @Test
  void healthMetricsAndTheDescriptionOfTheApiAreServed() {
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

  private JsonNode execute(String orchestration) {
    RestReply reply = rest.post("/api/orchestrations/execute?wait=30s", start(orchestration, ""));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    return reply.json();
  }

  private static String start(String orchestration, String more) {
    return "{\"orchestrationName\": \"%s\"%s, \"payload\": {\"order\": 4711}}"
        .formatted(orchestration, more);
  }

  private void register(String name, String... steps) {
    StringBuilder document = new StringBuilder("orchestrationName: " + name + "\nsteps:\n");
    for (int i = 0; i < steps.length; i++) {
      document.append("  - {seq: %d, name: %s}\n".formatted(i + 1, steps[i]));
    }
    RestReply reply = rest.post("/api/orchestrations", document.toString(), "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/status").stringValue()).isEqualTo("SUCCESS");
  }
}
