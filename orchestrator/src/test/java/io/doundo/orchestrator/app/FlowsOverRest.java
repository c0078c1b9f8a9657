package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One flow and many over REST: the timeline, events, verbs, replays and lists. */
abstract class FlowsOverRest extends ServiceScenarios {

  FlowsOverRest(RunningService service) {
    super(service);
  }

  @Test
  void aFailedFlowIsUndoneAndItsTimelineShowsItInOrder() {
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
  void anEventStreamFollowsAFlowToItsEnd() {
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
  void aLiveStreamSaysWhatChangesInListsAndFlows() {
    register("watched", "look");
    String flowId = "live, 1/" + UUID.randomUUID();
    String topics =
        "flows:orchestration=watched,flow:" + URLEncoder.encode(flowId, StandardCharsets.UTF_8);
    try (Stream<String> lines =
        rest.stream("/api/stream?topics=" + URLEncoder.encode(topics, StandardCharsets.UTF_8))) {
      Iterator<String> line = lines.iterator();
      JsonNode hello = firstOf(List.of("hello"), line).get(0);
      assertThat(hello.get("build").stringValue()).matches(".+\\+[0-9a-f]{7}");
      assertThat(hello.get("heartbeatMs").intValue()).isEqualTo(15_000);
      Reply started =
          rest.post(
              "/api/orchestrations/execute",
              start("watched", ", \"flowId\": \"%s\"".formatted(flowId)));
      assertThat(started.status()).as(started.http().body()).isEqualTo(202);
      // Either may come first.
      List<JsonNode> told = firstOf(List.of("flow", "flows"), line);
      JsonNode entry = told.get(0);
      assertThat(entry.get("flowId").stringValue()).isEqualTo(flowId);
      assertThat(entry.get("type").stringValue()).isEqualTo("FLOW_STARTED");
      JsonNode hint = told.get(1);
      assertThat(hint.get("topic").stringValue()).isEqualTo("flows:orchestration=watched");
      assertThat(hint.get("newer").intValue()).isEqualTo(1);
    }
    for (String wrong :
        List.of("", "nothing", "flows:colour=red", "flows:limit=5", "flows:status=RED")) {
      Reply refused =
          rest.get("/api/stream?topics=" + URLEncoder.encode(wrong, StandardCharsets.UTF_8));
      assertThat(refused.status()).as(wrong).isEqualTo(400);
    }
  }

  /** The data of the first event of each name; others are passed over until the third beat. */
  private static List<JsonNode> firstOf(List<String> names, Iterator<String> lines) {
    Map<String, JsonNode> found = new HashMap<>();
    int beats = 0;
    while (lines.hasNext() && beats < 3 && found.size() < names.size()) {
      String name = lines.next().replaceFirst("^event:", "");
      beats += name.equals("beat") ? 1 : 0;
      if (names.contains(name) && !found.containsKey(name)) {
        String data = lines.next();
        while (!data.startsWith("data:")) {
          data = lines.next();
        }
        found.put(name, Json.MAPPER.readTree(data.substring("data:".length())));
      }
    }
    assertThat(found).containsOnlyKeys(names);
    return names.stream().map(name -> Objects.requireNonNull(found.get(name))).toList();
  }

  @Test
  void aReplayIsANewFlowWithTheOldPayload() {
    register("returning", "goods", "money");
    worker.breakStep("money");
    JsonNode old = execute("returning");
    assertThat(old.get("status").stringValue()).isEqualTo("UNDONE");
    String path = "/api/flows/" + old.get("flowId").stringValue() + "/replay?wait=60s";

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
    Reply started = rest.post("/api/orchestrations/execute", start("repair", ""));
    assertThat(started.status()).isEqualTo(202);
    assertThat(started.json().get("status").stringValue()).isEqualTo("ACCEPTED");
    String flow = "/api/flows/" + started.json().get("flowId").stringValue();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get(flow).json().at("/steps/1/status").asString(""))
                    .isEqualTo("IN_PROGRESS"));

    CompletableFuture<List<String>> told =
        CompletableFuture.supplyAsync(() -> rest.stream(flow + "/events").toList());

    Reply paused = rest.post(flow + "/pause", "{\"reason\": \"lunch\", \"controlId\": \"c1\"}");
    assertThat(paused.status()).as(paused.http().body()).isEqualTo(200);
    assertThat(paused.json().get("accepted").booleanValue()).isTrue();
    assertThat(rest.get(flow).json().get("paused").booleanValue()).isTrue();
    assertThat(rest.post(flow + "/pause", "{\"controlId\": \"c1\"}").status()).isEqualTo(200);
    assertThat(rest.post(flow + "/resume", "").status()).isEqualTo(200);

    Reply refused = rest.post(flow + "/resolve", "{\"stepName\": \"wait\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.contentType()).isEqualTo("application/problem+json");
    assertThat(refused.json().get("detail").stringValue()).contains("step wait is in flight");

    Reply abandoned = rest.post(flow + "/abandon", "{\"reason\": \"scrapped\"}");
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
    assertThat(why.get("headline").stringValue()).containsIgnoringCase("the DO of second was sent");
    // Until the consumer groups have been looked at, nobody is known to serve the step.
    assertThat(List.of("", "orchestrator.forecast.second.do"))
        .contains(why.at("/waitsFor/topic").asString(""));
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
    for (String unclear : List.of("?dryRun", "?dryRun=", "?dryRun=false&dryRun=true")) {
      assertThat(rest.post(flow + "/abandon" + unclear, "").status()).as(unclear).isEqualTo(400);
      assertThat(rest.post("/api/flow/abandon" + unclear + "&flowId=" + flowId, "").status())
          .as(unclear)
          .isEqualTo(400);
    }
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
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get(flow).json().at("/steps/0/status").asString("").equals("WAITING"));

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
  void aFlowIdOfAnyCharactersCanBeOperated() {
    register("named", "only");
    for (String flowId : List.of("s3://bucket/key", "CORP\\kim", "a;b=c?d#e", "..", "%2e")) {
      String body = start("named", ", \"flowId\": " + Json.MAPPER.writeValueAsString(flowId));
      assertThat(rest.post("/api/orchestrations/execute?wait=60s", body).status()).isEqualTo(200);
      String encoded = URLEncoder.encode(flowId, StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(rest.get("/api/flow?flowId=" + encoded).json().path("flowId").asString(""))
          .isEqualTo(flowId);
      assertThat(rest.get("/api/flow/timeline?flowId=" + encoded).status()).isEqualTo(200);
      if (!flowId.equals("..")) {
        assertThat(rest.get("/api/flows/" + encoded).json().path("flowId").asString(""))
            .as(encoded)
            .isEqualTo(flowId);
      }
      Reply undone = rest.post("/api/flow/undo?flowId=" + encoded, "");
      assertThat(undone.status()).as(undone.http().body()).isEqualTo(200);
    }
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
    assertErrorsAreGroupedAndFlowsCounted();
  }

  private void assertErrorsAreGroupedAndFlowsCounted() {
    JsonNode found = rest.get("/api/flows?orchestration=listed&facets=status,fingerprint").json();
    assertThat(found.at("/total/count").intValue()).isEqualTo(2);
    assertThat(found.at("/facets/status/UNDONE").intValue()).isEqualTo(2);
    assertThat(found.has("asOf") && found.has("lagMs") && found.has("reachesBackTo")).isTrue();
    JsonNode few = rest.get("/api/flows?orchestration=listed&fields=flowId,status").json();
    assertThat(few.at("/flows/0").propertyNames()).containsExactlyInAnyOrder("flowId", "status");
    assertThat(few.at("/total/count").intValue()).isEqualTo(2);
    Reply unknown = rest.get("/api/flows?fields=flowId,payload");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.json().get("detail").stringValue()).contains("\"payload\"", "flowId");
    String fingerprint = found.at("/flows/0/fingerprint").stringValue();
    assertThat(found.at("/facets/fingerprint/0/id").stringValue()).isEqualTo(fingerprint);
    JsonNode incident = rest.get("/api/incidents?orchestration=listed").json().at("/incidents/0");
    assertThat(incident.get("fingerprint").stringValue()).isEqualTo(fingerprint);
    assertThat(incident.get("step").stringValue()).isEqualTo("faulty");
    assertThat(incident.get("flows").intValue()).isEqualTo(2);
    JsonNode detail = rest.get("/api/incidents/" + fingerprint).json();
    assertThat(detail.get("flows")).hasSize(2);
    assertThat(rest.get("/api/incidents/v1:0000000000000000").status()).isEqualTo(404);
    assertThat(rest.get("/api/incidents?window=1s").status()).isEqualTo(400);
    JsonNode stats = rest.get("/api/stats?orchestration=listed&window=10m").json();
    assertThat(stats.at("/byStatus/UNDONE").intValue()).isEqualTo(2);
    assertThat(stats.at("/byStatus/PARKED").intValue()).isZero();
    assertThat(stats.get("buckets")).hasSize(10);
    assertThat(stats.get("undoRate").doubleValue()).isEqualTo(1.0);
  }
}
