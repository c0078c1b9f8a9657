package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Tasks of people with their own API keys, on a real broker, with a worker without the SDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TasksIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SECRET = "a secret that no writer of the topic has";

  /** A request with any manager; the buyer is not among the deciders. */
  private static final String PURCHASE =
      "{\"item\": \"laptop\", \"amount\": 1200, \"buyer\": \"eve\", \"manager\": \"%s\"}";

  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    broker = new TestBroker();
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--doundo.partitions=4");
    arguments.add("--doundo.step-topics.partitions=2");
    arguments.add("--doundo.state-dir=" + stateDir);
    arguments.add("--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    arguments.add("--doundo.api.secret=" + SECRET);
    arguments.addAll(key(0, "admin", "ADMIN"));
    arguments.addAll(key(1, "ann", "TASKS"));
    arguments.addAll(key(2, "eve", "TASKS"));
    arguments.addAll(key(3, "dora", "TASKS", "groups[0]=directors", "groups[1]=editors"));
    arguments.addAll(key(4, "portal", "OPERATOR", "permissions[0]=act-as"));
    arguments.addAll(key(5, "olga", "OPERATOR"));
    arguments.addAll(key(6, "vera", "VIEWER"));
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await()
        .atMost(PATIENCE)
        .until(() -> get("admin", "/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
    // The manager's time passes during the test, and the director has time to decide.
    register(example("approval-registration.yaml"));
    register(
        example("approval-registration.yaml")
            .replace("purchaseApproval", "hasty")
            .replace("timeout: 24h", "timeout: 100ms"));
    register(
        example("approval-registration.yaml")
            .replace("purchaseApproval", "hopeless")
            .replace("timeout: 24h", "timeout: 100ms")
            .replace("timeout: 4h", "timeout: 200ms"));
    register(example("document-review-registration.yaml"));
  }

  private static List<String> key(int index, String name, String role, String... more) {
    String prefix = "--doundo.api.keys[" + index + "].";
    List<String> arguments = new ArrayList<>();
    arguments.add(prefix + "name=" + name);
    arguments.add(prefix + "role=" + role);
    arguments.add(prefix + "sha256=" + sha256("key of " + name));
    for (String one : more) {
      arguments.add(prefix + one);
    }
    return arguments;
  }

  @AfterAll
  void stop() {
    worker.close();
    application.close();
    broker.close();
  }

  private static String example(String file) throws IOException {
    return Files.readString(Path.of("..", "registration-examples", file));
  }

  private void register(String document) {
    Reply reply =
        rest.post(
            "/api/orchestrations",
            document,
            "X-API-Key",
            "key of admin",
            "Content-Type",
            "application/yaml");
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private Reply get(String caller, String path) {
    return rest.get(path, "X-API-Key", "key of " + caller);
  }

  private Reply post(String caller, String path, String body) {
    return rest.post(path, body, "X-API-Key", "key of " + caller);
  }

  private Reply complete(String caller, String flow, String step, String payload) {
    return post(caller, "/api/tasks/complete", body(flow, step, "\"payload\": " + payload));
  }

  private static String body(String flow, String step, String more) {
    return "{\"flowId\": \"%s\", \"step\": \"%s\", %s}".formatted(flow, step, more);
  }

  /** Starts a flow and waits until the step is open. */
  private void begin(String orchestration, String flow, String payload, String step) {
    Reply reply =
        post(
            "admin",
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"%s\", \"flowId\": \"%s\", \"payload\": %s}"
                .formatted(orchestration, flow, payload));
    assertThat(reply.status()).as(reply.http().body()).isLessThan(300);
    await().atMost(PATIENCE).until(() -> status(flow, step).equals("WAITING"));
  }

  private JsonNode flow(String flow) {
    return get("admin", "/api/flows/" + flow).json();
  }

  private JsonNode step(String flow, String name) {
    for (JsonNode step : flow(flow).path("steps")) {
      if (step.path("name").asString("").equals(name)) {
        return step;
      }
    }
    return Json.MAPPER.missingNode();
  }

  private String status(String flow, String step) {
    return step(flow, step).path("status").asString("");
  }

  private void expectEnd(String flow, String status) {
    await().atMost(PATIENCE).until(() -> flow(flow).path("status").asString("").equals(status));
  }

  private Set<String> listed(String caller, String query) {
    Set<String> flows = new HashSet<>();
    for (JsonNode task : get(caller, "/api/tasks" + query).json().path("tasks")) {
      flows.add(task.path("flowId").asString("") + ' ' + task.path("step").asString(""));
    }
    return flows;
  }

  /** A browser opens the console's pages without a key, and nothing else. */
  @Test
  void withoutAKeyNoPathOfOthersIsReadAsAPageHoweverItIsWritten() {
    for (String path :
        List.of(
            "/api/flows",
            "/api;v=1/flows",
            "/%61pi/flows/p-1",
            "/%61pi/dead-letters",
            "/%61pi/flows/p-1/events",
            "/%61ctuator/prometheus",
            "/internal/flow?flowId=p-1",
            "/%69nternal/flow?flowId=p-1",
            "/internal;v=1/flow?flowId=p-1",
            "/flows/p-1")) {
      assertThat(rest.head(path, "Accept", "text/html").status())
          .as("HEAD %s", path)
          .isEqualTo(401);
      if (!path.startsWith("/flows")) {
        assertThat(rest.get(path, "Accept", "text/html").status())
            .as("GET %s", path)
            .isEqualTo(401);
      }
    }
    assertThat(rest.get("/flows/p-1", "Accept", "text/html").status()).isEqualTo(200);
    assertThat(rest.head("/console/app.js").status()).isEqualTo(200);
    String key = "key of admin";
    assertThat(rest.get("/%69nternal/flow?flowId=p-1", "X-API-Key", key).status())
        .as("a key opens no path between instances")
        .isEqualTo(401);
  }

  @Test
  void aPurchaseIsApprovedByItsManagerAndByNobodyElse() {
    begin("purchaseApproval", "p-1", PURCHASE.formatted("ann"), "approval");
    await().atMost(PATIENCE).until(() -> listed("ann", "").contains("p-1 approval"));
    assertThat(listed("dora", "")).doesNotContain("p-1 approval");
    assertThat(listed("vera", "?assignee=ann")).contains("p-1 approval");
    assertThat(listed("ann", "?mine=true")).contains("p-1 approval");
    assertThat(listed("vera", "?mine=true")).as("nothing is for her").isEmpty();
    JsonNode task = step("p-1", "approval").path("task");
    assertThat(task.path("title").asString("")).isEqualTo("Approve laptop for eve: 1200 EUR");
    assertThat(task.path("form").path("required")).hasToString("[\"approved\"]");

    Reply stranger = complete("dora", "p-1", "approval", "{\"approved\": true}");
    assertThat(stranger.status()).isEqualTo(403);
    Reply unknown = complete("dora", "p-0", "approval", "{\"approved\": true}");
    assertThat(unknown.status()).as("it does not tell which flows there are").isEqualTo(403);
    assertThat(stranger.http().body())
        .contains("of flow \\\"p-1\\\" is for dora")
        .isEqualTo(unknown.http().body().replace("p-0", "p-1"));
    assertThat(complete("vera", "p-1", "approval", "{\"approved\": true}").status()).isEqualTo(403);

    Reply unfit = complete("ann", "p-1", "approval", "{\"approved\": \"yes\"}");
    assertThat(unfit.status()).isEqualTo(422);
    assertThat(unfit.json().at("/violations/0/at").asString("")).isEqualTo("/approved");

    Reply completed = complete("ann", "p-1", "approval", "{\"approved\": true}");
    assertThat(completed.status()).as(completed.http().body()).isEqualTo(200);
    Reply second = complete("ann", "p-1", "approval", "{\"approved\": false}");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.json().path("detail").asString("")).contains("completed by ann");
    expectEnd("p-1", "COMPLETED");
    await().atMost(PATIENCE).until(() -> !listed("admin", "").contains("p-1 approval"));
  }

  @Test
  void ofTwoAnswersAtOnceTheFirstCounts() {
    begin("purchaseApproval", "p-2", PURCHASE.formatted("ann"), "approval");
    List<Reply> replies =
        List.of("\"c-1\"", "\"c-2\"").parallelStream()
            .map(
                id ->
                    post(
                        "ann",
                        "/api/tasks/complete",
                        body(
                            "p-2",
                            "approval",
                            "\"payload\": {\"approved\": true}, \"controlId\": " + id)))
            .toList();
    assertThat(replies).extracting(Reply::status).containsExactlyInAnyOrder(200, 409);
    int first = replies.get(0).status() == 200 ? 1 : 2;
    Reply repeated =
        post(
            "ann",
            "/api/tasks/complete",
            body(
                "p-2",
                "approval",
                "\"payload\": {\"approved\": true}, \"controlId\": \"c-" + first + "\""));
    assertThat(repeated.status()).as("the same outcome").isEqualTo(200);
  }

  @Test
  void aRejectedPurchaseIsUndone() {
    begin("purchaseApproval", "p-3", PURCHASE.formatted("ann"), "approval");
    assertThat(complete("ann", "p-3", "approval", "{\"approved\": false}").status()).isEqualTo(200);
    expectEnd("p-3", "UNDONE");
    assertThat(status("p-3", "reserveBudget")).isEqualTo("UNDO_SUCCESS");
    assertThat(flow("p-3").path("reason").asString("")).contains("laptop is not approved by ann");
  }

  @Test
  void aDirectorDecidesWhenTheManagerDoesNot() {
    begin("hasty", "h-1", PURCHASE.formatted("ann"), "secondApproval");
    await().atMost(PATIENCE).until(() -> listed("dora", "").contains("h-1 secondApproval"));
    assertThat(listed("vera", "?candidate=directors&orchestration=hasty"))
        .containsExactly("h-1 secondApproval");
    assertThat(complete("ann", "h-1", "secondApproval", "{\"approved\": true}").status())
        .isEqualTo(403);
    assertThat(complete("dora", "h-1", "secondApproval", "{\"approved\": true}").status())
        .isEqualTo(200);
    expectEnd("h-1", "COMPLETED");
    assertThat(status("h-1", "approval")).isEqualTo("GIVEN_UP");
  }

  @Test
  void whatNobodyDecidesIsUndone() {
    assertThat(
            post(
                    "admin",
                    "/api/orchestrations/execute",
                    "{\"orchestrationName\": \"hopeless\", \"flowId\": \"h-2\", \"payload\": %s}"
                        .formatted(PURCHASE.formatted("ann")))
                .status())
        .isLessThan(300);
    expectEnd("h-2", "UNDONE");
    assertThat(status("h-2", "secondApproval")).isEqualTo("FAILED");
    assertThat(status("h-2", "reserveBudget")).isEqualTo("UNDO_SUCCESS");
    assertThat(flow("h-2").path("leftStanding"))
        .as("only what owes no undo")
        .extracting(JsonNode::stringValue)
        .containsExactly("tellDirectors");
  }

  @Test
  void aDocumentIsReviewedByAMemberOfAGroup() {
    String document =
        "{\"title\": \"Handbook\", \"author\": \"eve\", \"reviewers\": [\"ann\", \"editors\"]}";
    begin("documentReview", "d-1", document, "review");
    begin("documentReview", "d-2", document, "review");
    Reply unfit = complete("dora", "d-1", "review", "{\"verdict\": \"return\"}");
    assertThat(unfit.status()).isEqualTo(422);
    assertThat(unfit.json().path("detail").asString("")).contains("comment");
    assertThat(complete("dora", "d-1", "review", "{\"verdict\": \"accept\"}").status())
        .isEqualTo(200);
    assertThat(
            complete("ann", "d-2", "review", "{\"verdict\": \"return\", \"comment\": \"no index\"}")
                .status())
        .isEqualTo(200);
    expectEnd("d-1", "COMPLETED");
    expectEnd("d-2", "COMPLETED");
    assertThat(status("d-1", "publish")).isEqualTo("DO_SUCCESS");
    assertThat(worker.received("d-1", "DO", "publish"))
        .hasToString("{\"title\":\"Handbook\",\"reviewer\":\"dora\"}");
    assertThat(status("d-2", "publish")).isEqualTo("NOT_TAKEN");

    Reply undone = post("admin", "/api/flows/d-1/undo", "");
    assertThat(undone.status()).isEqualTo(200);
    expectEnd("d-1", "UNDONE");
    assertThat(status("d-1", "publish")).isEqualTo("UNDO_SUCCESS");
    assertThat(status("d-1", "storeDraft")).isEqualTo("UNDO_SUCCESS");
  }

  @Test
  void aTaskIsAssignedAndGivenBack() {
    begin("purchaseApproval", "a-1", PURCHASE.formatted("ann"), "approval");
    Reply stranger =
        post("dora", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": null"));
    assertThat(stranger.status()).isEqualTo(403);
    Reply toOther =
        post("ann", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"eve\""));
    assertThat(toOther.status()).as("not to others").isEqualTo(403);
    Reply byOperator =
        post("olga", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"directors\""));
    assertThat(byOperator.status()).as(byOperator.http().body()).isEqualTo(200);
    assertThat(complete("ann", "a-1", "approval", "{\"approved\": true}").status()).isEqualTo(403);
    Reply claimed =
        post("dora", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"dora\""));
    assertThat(claimed.status()).isEqualTo(200);
    Reply changed =
        post(
            "olga",
            "/api/tasks/assign",
            body("a-1", "approval", "\"assignee\": \"ann\", \"expect\": {\"transition\": 1}"));
    assertThat(changed.status()).isEqualTo(409);
    assertThat(changed.json().path("detail").asString("")).contains("CHANGED_MEANWHILE");
    assertThat(complete("dora", "a-1", "approval", "{\"approved\": true}").status()).isEqualTo(200);
    assertThat(get("admin", "/api/flows/a-1/timeline").http().body())
        .contains("from ann to directors by olga", "from directors to dora by dora");
    assertThat(
            post("olga", "/api/tasks/assign", body("a-1", "order", "\"assignee\": \"ann\""))
                .status())
        .isEqualTo(404);
  }

  @Test
  void theBuyerCannotApproveTheOwnPurchase() throws Exception {
    // The buyer is the manager as well, and so may complete the task; its step does not accept it.
    begin("purchaseApproval", "e-1", PURCHASE.formatted("eve"), "approval");
    assertRefused(complete("eve", "e-1", "approval", "{\"approved\": true}"));
    assertThat(
            post(
                    "eve",
                    "/api/tasks/complete",
                    body("e-1", "approval", "\"payload\": {\"approved\": true}, \"by\": \"ann\""))
                .status())
        .as("a field of the body")
        .isEqualTo(400);
    assertThat(
            post(
                    "eve",
                    "/api/tasks/complete",
                    body(
                        "e-1",
                        "approval",
                        "\"payload\": {\"approved\": true}, \"onBehalfOf\": \"ann\""))
                .status())
        .as("without the permission act-as")
        .isEqualTo(403);
    for (String header : List.of("requestedBy", "X-Requested-By", "X-Forwarded-User", "saga-by")) {
      assertRefused(
          rest.post(
              "/api/tasks/complete",
              body("e-1", "approval", "\"payload\": {\"approved\": true}"),
              "X-API-Key",
              "key of eve",
              header,
              "ann"));
    }
    assertThat(
            post("eve", "/api/flows/e-1/signals/approval", "{\"payload\": {\"approved\": true}}")
                .status())
        .as("TASKS sends no signals")
        .isEqualTo(403);
    Reply forOthers =
        post(
            "portal",
            "/api/tasks/complete",
            body("e-1", "approval", "\"payload\": {\"approved\": true}, \"onBehalfOf\": \"ann\""));
    assertThat(forOthers.status()).as(forOthers.http().body()).isEqualTo(200);
    assertThat(step("e-1", "approval").path("by").asString("")).isEqualTo("ann");
    assertThat(get("admin", "/api/flows/e-1/timeline").http().body())
        .contains("by ann, sent by portal is taken");
  }

  private static void assertRefused(Reply reply) {
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(409);
    assertThat(reply.json().path("detail").asString("")).contains("does not accept it");
  }

  /** The flow decides, because who the task is for may change before it reads the record. */
  @Test
  void aRecordSaysForWhomItsSenderMayAct() throws Exception {
    begin("purchaseApproval", "w-1", PURCHASE.formatted("directors"), "approval");
    assertThat(
            post("dora", "/api/tasks/assign", body("w-1", "approval", "\"assignee\": \"dora\""))
                .status())
        .isEqualTo(200);
    assertThat(complete("dora", "w-1", "approval", "{\"approved\": true}").status()).isEqualTo(200);
    begin("purchaseApproval", "w-2", PURCHASE.formatted("ann"), "approval");
    assertThat(complete("olga", "w-2", "approval", "{\"approved\": true}").status()).isEqualTo(200);

    List<String> names = List.of("directors", "dora", "editors");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(controls("w-1"))
                  .extracting(ControlCommand::asOneOf)
                  .containsExactly(names, names);
              assertThat(controls("w-2"))
                  .singleElement()
                  .satisfies(command -> assertThat(command.asOneOf()).isNull());
            });
  }

  private List<ControlCommand> controls(String flow) throws MalformedRecordException {
    List<ControlCommand> commands = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(Topics.CONTROL, flow)) {
      commands.add(ControlCommand.decode(record.value(), record.key(), HeaderLookup.NONE));
    }
    return commands;
  }

  /** The flow's records in a topic. */
  private List<ConsumerRecord<byte[], byte[]>> records(String topic, String flow) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (new String(record.key(), StandardCharsets.UTF_8).equals(flow)) {
            found.add(record);
          }
        }
      }
    }
    return found;
  }

  /** Whatever service the caller names as the initiator. */
  @Test
  void aStartNamesTheCallerWhoseKeyItCameWith() {
    Reply started =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"purchaseApproval\", \"flowId\": \"s-1\", \"payload\": %s}"
                .formatted(PURCHASE.formatted("ann")),
            "X-API-Key",
            "key of olga",
            "X-Service-Name",
            "shop",
            RecordHeaders.REQUESTED_BY,
            "boss");
    assertThat(started.status()).as(started.http().body()).isEqualTo(202);
    assertThat(records(Topics.EXECUTION_START, "s-1"))
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.headers().headers(RecordHeaders.REQUESTED_BY))
                    .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                    .containsExactly("olga"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(flow("s-1").path("initiator").asString("")).isEqualTo("shop"));
  }

  @Test
  void aWriterOfTheTopicCannotMakeAVerifiedSignal() throws Exception {
    register(
        """
        orchestrationName: vault
        steps:
          - name: open
            signal: opened
            accept: signal.verified && signal.by == 'olga'
        """);
    begin("vault", "v-1", "{}", "open");
    long now = System.currentTimeMillis();
    SenderMark stolen = SenderMark.of(SECRET);
    send(signal("k-1"), null);
    send(signal("k-2"), "true");
    send(signal("k-3"), SenderMark.of("a secret that somebody has guessed").of(signal("k-3"), now));
    // A mark made for another record, as a reader of the topic could copy it.
    send(signal("k-4"), stolen.of(signal("k-5"), now));
    // A mark made for this very record long ago.
    send(signal("k-6"), stolen.of(signal("k-6"), now - Duration.ofHours(1).toMillis()));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get("admin", "/api/flows/v-1/timeline")
                        .http()
                        .body()
                        .split("SIGNAL_REFUSED", -1)
                        .length
                    > 5);
    assertThat(status("v-1", "open")).isEqualTo("WAITING");
    assertThat(post("olga", "/api/flows/v-1/signals/opened", "").status()).isEqualTo(200);
    expectEnd("v-1", "COMPLETED");
  }

  /** A record as from olga, with every claim that a record can make. */
  private static byte[] signal(String id) {
    return ControlCommand.signal(id, "v-1", "opened", Json.string("verified"), "olga").encode();
  }

  private void send(byte[] value, @Nullable String mark)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(Topics.CONTROL, "v-1".getBytes(StandardCharsets.UTF_8), value);
      if (mark != null) {
        record.headers().add(RecordHeaders.SENDER_MARK, mark.getBytes(StandardCharsets.UTF_8));
      }
      producer.send(record).get();
    }
  }

  @Test
  void tasksAreListedByWhenTheyAreDueInPages() {
    register(
        """
        orchestrationName: pages
        steps:
          - parallel:
              - { name: late, task: { title: "Late", assignee: ann, due: 1ms } }
              - { name: soon, task: { title: "Soon", assignee: ann, due: 1h } }
              - { name: ever, task: { title: "Ever", assignee: ann } }
        """);
    begin("pages", "g-1", "{}", "ever");
    await().atMost(PATIENCE).until(() -> listed("ann", "?orchestration=pages").size() == 3);
    List<String> steps = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get("ann", "/api/tasks?orchestration=pages&limit=1&cursor=" + cursor).json();
      assertThat(page.path("complete").asBoolean(false)).isTrue();
      steps.add(page.at("/tasks/0/step").asString(""));
      cursor = page.path("nextCursor").asString("");
    } while (!cursor.isEmpty());
    assertThat(steps).containsExactly("late", "soon", "ever");
    assertThat(listed("ann", "?orchestration=pages&overdue=true")).containsExactly("g-1 late");
    assertThat(listed("ann", "?orchestration=pages&overdue=false"))
        .containsExactlyInAnyOrder("g-1 soon", "g-1 ever");
    assertThat(get("ann", "/api/tasks?cursor=nonsense").status()).isEqualTo(400);
    assertThat(get("ann", "/api/tasks?limit=0").status()).isEqualTo(400);
    assertThat(get("ann", "/api/flows").status()).as("TASKS sees tasks only").isEqualTo(403);
    assertThat(get("ann", "/api/flows/g-1").status()).isEqualTo(403);
    assertThat(post("ann", "/api/flows/g-1/cancel", "").status()).isEqualTo(403);
    Reply unknown = complete("admin", "g-1", "nothing", "{}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(complete("admin", "no-such-flow", "ever", "{}").status()).isEqualTo(404);
    assertThat(post("admin", "/api/flows/g-1/cancel", "").status()).isEqualTo(200);
    Reply withdrawn = complete("ann", "g-1", "ever", "{}");
    assertThat(withdrawn.status()).isEqualTo(409);
    assertThat(withdrawn.json().path("detail").asString("")).contains("it is NOT_TAKEN");
  }

  private static String sha256(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
