package io.doundo.orchestrator.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.app.security.TestProvider;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.orchestrator.testing.WebhookReceiver;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The console in a browser: the application with API keys, on a broker of its own, with a worker
 * and with flows of every status.
 */
final class RunningConsole implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  static final String KEY = "a-key-of-kim";
  private static final String KEY_SHA256 =
      "c4cf5d6f085b0bb9a05f36763ac69b4dfbb8a39587a95b054219a133c999b547";

  /** How many flows wait for the same reason. */
  static final int MANY = 41;

  static final String HOSTILE_ID = "<img src=x onerror=document.title=1>\u202Egnp.exe";
  private static final String HOSTILE_ERROR =
      "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202Eevil\u0000"
          + "x".repeat(10_000);

  /** Wherever somebody else may write a text. */
  static final String HOSTILE_TEXT = "<img src=x onerror=alert(1)><b>\u202Etxt.exe</b>";

  private static final String NONSENSE = "{\"nonsense\": \"<b onclick=alert(1)>\u202E\u0000</b>\"}";

  final Path keysFile;
  final TestBroker broker;
  final AnsweringWorker worker;
  final Rest rest;
  final Browser browser;
  final String base;

  /** Where people log in who have no key. */
  final TestProvider provider = new TestProvider("provider.test");

  /** Who is told of flows. */
  final WebhookReceiver receiver = new WebhookReceiver();

  private final ConfigurableApplicationContext application;
  private boolean isHostile;

  RunningConsole(Path directory, Path chromium, Path driver) throws IOException {
    keysFile = Files.writeString(directory.resolve("keys.yaml"), "keys: []");
    broker = new TestBroker();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.step-topics.partitions=1",
                "--doundo.state-dir=" + directory,
                "--doundo.api.keys[0].name=kim",
                "--doundo.api.keys[0].role=ADMIN",
                "--doundo.api.keys[0].sha256=" + KEY_SHA256,
                "--doundo.api.keys-file=" + keysFile,
                "--doundo.api.oauth2.issuer=" + provider.issuer(),
                "--doundo.api.oauth2.client-id=" + TestProvider.CLIENT,
                "--doundo.api.oauth2.client-secret=of the client",
                "--doundo.api.oauth2.name-claim=email",
                "--doundo.http.connections.ops.base-url=" + receiver.url(),
                "--doundo.http.connections.ops.allow-private=true",
                "--doundo.http.connections.ops.signing-secret=" + WebhookReceiver.SECRET,
                "--doundo.console.trace-url=http://traces.test/trace/{traceId}",
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    int port = application.getEnvironment().getRequiredProperty("local.server.port", int.class);
    base = "http://localhost:" + port + "/";
    rest = new Rest(port, "X-API-Key", KEY);
    await().atMost(PATIENCE).until(this::isReady);
    worker = new AnsweringWorker(broker.bootstrap());
    fill();
    browser = Browser.start(chromium, driver);
  }

  boolean isReady() {
    return rest.get("/actuator/health/readiness").status() == 200;
  }

  /** Starts flows of every status. */
  private void fill() {
    register(
        """
        orchestrationName: nightReport
        vocabulary: 2
        triggers:
          - name: nightly
            schedule: {cron: 0 2 * * *, zone: Europe/Berlin, overlap: allow}
        steps:
          - {name: look, set: {seen: true}}
        """);
    register(
        """
        orchestrationName: payment
        vocabulary: 2
        title: Payment of an order
        category: Orders
        labels: [money, critical]
        type: graph
        steps:
          - {name: reserve}
          - {name: check}
          - {name: charge, dependsOn: [reserve, check], pivot: true}
          - {name: notify, dependsOn: [charge], undo: none}
        """);
    register(
        """
        orchestrationName: delivery
        steps:
          - {name: pack}
          - {name: send}
        """);
    register(
        """
        orchestrationName: approval
        vocabulary: 2
        steps:
          - name: approve
            task:
              title: Approve the order
              assignee: ann
              candidates: [directors]
              form:
                type: object
                required: [approved, amount]
                properties:
                  approved: {type: boolean, title: "Approved?"}
                  amount: {type: number, maximum: 100}
                  note: {type: string}
                  lines: {type: array, maxItems: 1}
            timeout: 30d
            onTimeout: escalate
          - {name: archive, set: {done: true}}
        """);
    begin("approval", "asks-1", "IN_PROGRESS");
    begin("approval", "asks-2", "IN_PROGRESS");
    worker.breakStep("notify", "HTTP 503 from the mail server");
    begin("payment", "parked-1", "PARKED");
    begin("payment", "parked-2", "PARKED");
    worker.mendStep("notify");
    begin("payment", "done-1", "COMPLETED");
    register(
        """
        orchestrationName: refund
        steps:
          - {name: pay, pivot: true}
          - {name: tell, undo: none}
        """);
    worker.breakStep("tell", "HTTP 503 from the mail server of customer 4711");
    for (int i = 1; i <= MANY; i++) {
      start("refund", "many-" + i);
    }
    await("the flows that wait")
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/flows?orchestration=refund&status=PARKED")
                        .json()
                        .path("flows")
                        .size()
                    == MANY);
    begin("delivery", "done-2", "COMPLETED");
    worker.breakStep("send", "no carrier delivers to 99999");
    begin("delivery", "undone-1", "UNDONE");
    worker.silence("pack");
    begin("delivery", "waiting-1", "IN_PROGRESS");
    register(
        """
        orchestrationName: delivery
        steps:
          - {name: pack, timeout: 90s}
          - {name: insure}
          - {name: send}
        """);
    worker.send(Topics.EXECUTION_START, NONSENSE);
  }

  /** Once, everything that somebody else writes and that a page shows. */
  void fillInHostileTexts() {
    if (isHostile) {
      return;
    }
    isHostile = true;
    String text = HOSTILE_TEXT.replace("\u202E", "\\u202E");
    register(
        """
        orchestrationName: strange
        vocabulary: 2
        title: "%1$s"
        category: "%1$s"
        labels: ["%1$s"]
        notify:
          - {on: [PARKED], connection: nowhere, body: {text: "%1$s"}}
        steps:
          - {name: poke, pivot: true}
          - {name: prod, undo: none}
        """
            .formatted(text));
    worker.name("poke", HOSTILE_TEXT);
    worker.deploy("poke", HOSTILE_TEXT);
    worker.name("prod", HOSTILE_TEXT);
    worker.breakStep("prod", HOSTILE_TEXT);
    begin("strange", "strange-1", "PARKED");
    await("the notification")
        .atMost(PATIENCE)
        .until(() -> !notification("strange-1", "/attempts").equals("0"));
    accepted(rest.post("/api/flows/waiting-1/pause", reason()));
    register(
        """
        orchestrationName: odd
        steps:
          - {name: nudge}
          - {name: shove}
        """);
    worker.breakStep("shove", HOSTILE_ERROR);
    begin("odd", HOSTILE_ID, "UNDONE");
    register(
        """
        orchestrationName: question
        vocabulary: 2
        steps:
          - name: ask
            task:
              title: "%1$s"
              assignee: "%1$s"
              candidates: ["%1$s"]
              form:
                type: object
                required: [approved]
                properties:
                  approved: {type: boolean, title: "%1$s", description: "%1$s"}
            timeout: 30d
            onTimeout: escalate
        """
            .formatted(text));
    begin("question", "asks-3", "IN_PROGRESS");
    accepted(
        rest.post(
            "/api/jobs",
            "{\"verb\":\"RETRY\",\"flowIds\":[\"strange-1\"],\"reason\":%s,\"perSecond\":20}"
                .formatted(Json.MAPPER.writeValueAsString(HOSTILE_TEXT))));
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(Topics.DEAD_LETTER, bytes(HOSTILE_TEXT), bytes(HOSTILE_TEXT));
    letter
        .headers()
        .add("dead-letter-source-topic", bytes(Topics.DEFINITIONS))
        .add("dead-letter-reason", bytes(HOSTILE_TEXT))
        .add(HOSTILE_TEXT, bytes(HOSTILE_TEXT));
    worker.send(letter);
    await("the dead letter")
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/dead-letters?topic=" + Topics.DEFINITIONS)
                        .json()
                        .path("deadLetters")
                        .size()
                    > 0);
  }

  /** A field of the latest notification about a flow; "0" or empty when there is none. */
  String notification(String flowId, String field) {
    return rest.get("/api/notifications?flowId=" + flowId)
        .json()
        .at("/notifications/0" + field)
        .asString("0");
  }

  private static String reason() {
    return Json.MAPPER.writeValueAsString(Map.of("reason", HOSTILE_TEXT));
  }

  private static void accepted(Reply reply) {
    assertThat(reply.status()).as(reply.http().body()).isBetween(200, 202);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void register(String document) {
    accepted(rest.post("/api/orchestrations", document, "Content-Type", "application/yaml"));
  }

  void begin(String orchestration, String flowId, String status) {
    start(orchestration, flowId);
    await(flowId)
        .atMost(PATIENCE)
        .until(() -> rest.get(api(flowId)).json().path("status").asString("").equals(status));
  }

  void start(String orchestration, String flowId) {
    String start =
        Json.MAPPER.writeValueAsString(
            Map.of(
                "orchestrationName",
                orchestration,
                "flowId",
                flowId,
                "payload",
                Map.of("amount", 4711, "note", "<b>\u202Ebold</b>")));
    accepted(rest.post("/api/orchestrations/execute", start));
  }

  static String api(String flowId) {
    return "/api/flow?flowId=" + URLEncoder.encode(flowId, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    browser.close();
    worker.close();
    application.close();
    provider.close();
    receiver.close();
    broker.close();
  }
}
