package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.app.security.RouteTable.Row;
import io.doundo.orchestrator.app.security.RouteTable.Shows;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.Topics;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * A crawler calls every read, every stream and every dry run of the OpenAPI document about flows
 * that carry a marker in each of their contents. Those who may not see payloads see none of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HiddenPayloadsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String START = "mark-start";
  private static final String HEADER = "mark-header";
  private static final String RESULT = "mark-result";
  private static final String SIGNAL = "mark-signal";
  private static final String FORM = "mark-form";
  private static final String LETTER = "mark-letter";
  private static final String ERROR = "mark-error";

  /** The new payload of a step that a bulk job retries. */
  private static final String JOB = "mark-job";

  private static final Set<String> PAYLOADS =
      Set.of(START, HEADER, RESULT, SIGNAL, FORM, LETTER, JOB);

  private static final Pattern MARK = Pattern.compile("mark-\\w+");
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private static final List<String> FLOWS = List.of("done", "parked", "asks", "stuck");

  private static final String DOCUMENT =
      """
      orchestrationName: marked
      vocabulary: 2
      steps:
        - {name: reserve}
        - {name: approved, signal: approved}
        - {name: charge, undo: none}
      """;

  /** Behind its pivot a flow is parked when a step fails. */
  private static final String BEYOND =
      """
      orchestrationName: beyond
      vocabulary: 2
      steps:
        - {name: pay, pivot: true}
        - {name: tell, undo: none}
      """;

  private static final String WORKFLOW =
      """
      {"name": "Marked Workflow", "steps": [
        {"id": "w", "name": "Wait", "type": "WAIT", "config": {"duration": 1, "unit": "SECONDS"}}]}
      """;

  private static final String TEMPLATE =
      """
      {"name": "Marked template", "parameters": [{"name": "hours", "type": "integer", "required": true}],
       "definition": {"name": "Waits", "steps": [
         {"id": "w", "name": "Wait", "type": "WAIT",
          "config": {"duration": "{{ param.hours }}", "unit": "HOURS"}}]}}
      """;

  private static final String ASKING =
      """
      orchestrationName: asking
      vocabulary: 2
      steps:
        - name: sign
          task: {title: Sign, candidates: [tess], form: {type: object, title: %s}}
      """
          .formatted(FORM);

  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;
  private String jobId = "";

  @BeforeAll
  void start(@TempDir Path stateDir) {
    broker = new TestBroker();
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--doundo.partitions=2");
    arguments.add("--doundo.step-topics.partitions=1");
    arguments.add("--doundo.state-dir=" + stateDir);
    arguments.add("--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    arguments.add("--doundo.api.payloads.viewer=hidden");
    arguments.add("--doundo.api.payloads.operator=on-demand");
    // It has no secret to sign with, so what is told stays here.
    arguments.add("--doundo.http.connections.ops.base-url=https://ops.example");
    arguments.add("--doundo.notify.receivers[0].on=PARKED");
    arguments.add("--doundo.notify.receivers[0].connection=ops");
    int index = 0;
    for (String role : List.of("VIEWER", "OPERATOR", "ADMIN", "TASKS")) {
      String prefix = "--doundo.api.keys[" + index++ + "].";
      arguments.add(
          prefix + "name=" + (role.equals("TASKS") ? "tess" : role.toLowerCase(Locale.ROOT)));
      arguments.add(prefix + "role=" + role);
      arguments.add(prefix + "sha256=" + Keys.sha256("key of " + role));
    }
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
    fill();
  }

  /** The flow was accepted, and may not have begun. */
  private void approve(String flowId) {
    String signal = "/api/flows/" + flowId + "/signals/approved";
    String body = "{\"payload\": {\"a\": \"" + SIGNAL + "\"}}";
    await(flowId).atMost(PATIENCE).until(() -> post("OPERATOR", signal, body).status() == 200);
  }

  private void fill() {
    for (String document : List.of(DOCUMENT, ASKING, BEYOND)) {
      assertThat(post("ADMIN", "/api/orchestrations", document).status()).isEqualTo(200);
    }
    assertThat(post("ADMIN", "/api/v1/workflows", WORKFLOW).status()).isEqualTo(201);
    assertThat(post("ADMIN", "/api/templates", TEMPLATE).status()).isEqualTo(201);
    String opening = "{\"for\": \"1h\", \"reason\": \"maintenance\"}";
    assertThat(post("OPERATOR", "/api/breakers/marked/open", opening).status()).isEqualTo(200);
    worker.answer("reserve", "{\"secret\": \"" + RESULT + "\"}");
    begin("done", "marked");
    begin("parked", "marked");
    begin("asks", "asking");
    approve("done");
    awaitStatus("done", "COMPLETED");
    worker.breakStep("charge", "refused by " + ERROR);
    approve("parked");
    await()
        .atMost(PATIENCE)
        .until(() -> get("ADMIN", "/api/flows/parked").http().body().contains(ERROR));
    worker.send(Topics.RESPONSE, "{\"secret\": \"" + LETTER + "\"}");
    await()
        .atMost(PATIENCE)
        .until(
            () -> !get("ADMIN", "/api/dead-letters").json().at("/deadLetters/0").isMissingNode());
    await()
        .atMost(PATIENCE)
        .until(() -> !get("ADMIN", "/api/tasks").json().at("/tasks/0").isMissingNode());
    retryWithAnotherPayload();
    await().atMost(PATIENCE).until(() -> !notification().isEmpty());
  }

  /** The id of what the receiver is to be told of a flow that failed with an error; or empty. */
  private String notification() {
    for (JsonNode told : get("ADMIN", "/api/notifications").json().get("notifications")) {
      String id = told.path("id").asString();
      if (get("ADMIN", "/api/notifications/" + id).http().body().contains(ERROR)) {
        return id;
      }
    }
    return "";
  }

  /** The step is sent a payload that no start or answer had, and fails again. */
  private void retryWithAnotherPayload() {
    worker.breakStep("tell", "refused by " + ERROR);
    begin("stuck", "beyond");
    awaitStatus("stuck", "PARKED");
    jobId = drafted("stuck");
    startJob(jobId);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        get("ADMIN", "/api/jobs/" + jobId)
                            .json()
                            .at("/outcome/parkedAgain")
                            .asInt(0))
                    .isEqualTo(1));
  }

  /** A bulk job that retries a step of the flow with another payload. */
  private String drafted(String flowId) {
    String body =
        """
        {"verb": "RETRY", "flowIds": ["%s"], "step": "tell", "perSecond": 20,
         "reason": "with another payload", "payload": {"secret": "%s"}}
        """
            .formatted(flowId, JOB);
    Reply drafted = post("ADMIN", "/api/jobs", body);
    assertThat(drafted.status()).as(drafted.http().body()).isEqualTo(201);
    return drafted.json().get("jobId").stringValue();
  }

  private void startJob(String job) {
    assertThat(post("ADMIN", "/api/jobs/" + job + "/start", "").status()).isEqualTo(200);
  }

  private void begin(String flowId, String orchestration) {
    String body =
        """
        {"headers": {"orchestrationName": "%1$s", "flowId": "%2$s", "secret": "%3$s", "correlationId": "%3$s"},
         "payload": {"secret": "%4$s"}}
        """
            .formatted(orchestration, flowId, HEADER, START);
    Reply reply = post("OPERATOR", "/api/orchestrations/execute", body);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
  }

  private void awaitStatus(String flowId, String status) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get("ADMIN", "/api/flows/" + flowId)
                    .json()
                    .path("status")
                    .asString("")
                    .equals(status));
  }

  @AfterAll
  void stop() {
    if (worker != null) {
      worker.close();
    }
    if (application != null) {
      application.close();
    }
    broker.close();
  }

  @Test
  void aViewerSeesNoPayloadAnywhere() {
    Map<String, Set<String>> seen = crawl("VIEWER");
    Map<String, Set<String>> asked = crawl("VIEWER", "X-Doundo-Reveal", "true");
    for (Map<String, Set<String>> crawled : List.of(seen, asked)) {
      crawled.forEach(
          (route, marks) -> {
            assertThat(marks).as(route).doesNotContainAnyElementsOf(PAYLOADS);
            if (shows(route) == Shows.NOTHING) {
              assertThat(marks).as(route).isEmpty();
            }
          });
    }
    assertThat(marks(seen)).as("the texts of errors are open").containsExactly(ERROR);
  }

  @Test
  void anOperatorSeesPayloadsWhenAskingForThemAndAnAdministratorAlways() {
    assertThat(marks(crawl("OPERATOR"))).containsExactly(ERROR);
    Set<String> everything = new TreeSet<>(PAYLOADS);
    everything.add(ERROR);
    Map<String, Set<String>> seen = crawl("ADMIN");
    assertThat(marks(seen)).as("otherwise the crawler is blind").isEqualTo(everything);
    seen.forEach(
        (route, marks) -> {
          if (shows(route) != Shows.PAYLOADS) {
            assertThat(marks).as(route).doesNotContainAnyElementsOf(PAYLOADS);
          }
        });
    assertThat(marks(crawl("OPERATOR", "X-Doundo-Reveal", "true"))).isEqualTo(everything);
  }

  @Test
  void whoeverCompletesATaskSeesItsForm() {
    Reply tasks = rest.get("/api/tasks", "X-API-Key", "key of TASKS");
    assertThat(tasks.http().body()).contains(FORM);
  }

  /** What a stream tells while a flow is retried, and is parked again. */
  @Test
  void aStreamThatIsOpenWhileFlowsMoveShowsNoPayload() {
    begin("moved", "beyond");
    awaitStatus("moved", "PARKED");
    String job = drafted("moved");
    String topics = "stats,flows:orchestration%3Dbeyond,flow:moved,job:" + job;
    Set<String> told = new TreeSet<>();
    StringBuilder all = new StringBuilder();
    long end = System.nanoTime() + PATIENCE.toNanos();
    // A beat every 15 seconds lets the end be seen, even if nothing else is sent.
    try (var lines = rest.stream("/api/stream?topics=" + topics, "X-API-Key", "key of VIEWER")) {
      Iterator<String> each = lines.iterator();
      while (!told.containsAll(Set.of("flow", "flows", "stats", "job", ERROR))
          && System.nanoTime() < end
          && each.hasNext()) {
        String line = each.next();
        all.append(line).append('\n');
        if (line.equals("event:hello")) {
          startJob(job);
          begin("moved-too", "beyond");
        } else if (line.startsWith("event:")) {
          told.add(line.substring("event:".length()));
        } else if (line.contains(ERROR)) {
          told.add(ERROR);
        }
      }
    }
    assertThat(told).as(all.toString()).contains("flow", "flows", "stats", "job", ERROR);
    assertThat(all.toString()).doesNotContain(PAYLOADS);
  }

  /** The marks that each route shows. */
  private Map<String, Set<String>> crawl(String role, String... headers) {
    Map<String, Set<String>> seen = new LinkedHashMap<>();
    JsonNode paths = rest.get("/v3/api-docs").json().get("paths");
    for (String path : paths.propertyNames()) {
      for (String method : paths.get(path).propertyNames()) {
        JsonNode operation = paths.get(path).get(method);
        boolean isDryRun =
            method.equals("post") && parameters(operation, "query").contains("dryRun");
        if (!method.equals("get") && !isDryRun) {
          continue;
        }
        Set<String> marks = seen.computeIfAbsent(method + ' ' + path, unused -> new TreeSet<>());
        for (String address : addresses(path, parameters(operation, "query"))) {
          List<String> all = new ArrayList<>(List.of(headers));
          all.addAll(List.of("X-API-Key", "key of " + role));
          String[] sent = all.toArray(String[]::new);
          String target =
              isDryRun ? address + (address.contains("?") ? "&" : "?") + "dryRun=true" : address;
          String body =
              isDryRun
                  ? rest.post(target, "", sent).http().body()
                  : address.contains("events") || address.contains("stream")
                      ? events(target, sent)
                      : rest.get(target, sent).http().body();
          Matcher mark = MARK.matcher(body);
          while (mark.find()) {
            marks.add(mark.group());
          }
        }
      }
    }
    assertThat(seen.size()).isGreaterThan(20);
    return seen;
  }

  /** A stream up to its end, or to where it waits for somebody. */
  private String events(String target, String... headers) {
    try (var lines = rest.stream(target, headers)) {
      return lines
          .takeWhile(line -> !line.startsWith("event:rest") && !line.startsWith(":"))
          .limit(target.contains("asks") || target.contains("topics") ? 3 : 1_000)
          .collect(Collectors.joining("\n"));
    }
  }

  private List<String> addresses(String path, Set<String> query) {
    List<String> addresses = List.of(path);
    Matcher parameter = PARAMETER.matcher(path);
    while (parameter.find()) {
      String name = parameter.group(1);
      List<String> values = values(name, path);
      addresses =
          addresses.stream()
              .flatMap(
                  address -> values.stream().map(value -> address.replace("{" + name + "}", value)))
              .toList();
    }
    if (path.endsWith("/diff")) {
      return addresses.stream().map(address -> address + "?from=1&to=1").toList();
    }
    if (query.contains("topics")) {
      return Stream.concat(
              FLOWS.stream().map(flow -> "flow:" + flow),
              Stream.of("stats", "job:" + jobId, "flows:status%3DPARKED"))
          .map(topic -> path + "?topics=" + topic)
          .toList();
    }
    if (!query.contains("flowId")) {
      return addresses;
    }
    return addresses.stream()
        .flatMap(address -> FLOWS.stream().map(flow -> address + "?flowId=" + flow))
        .toList();
  }

  private List<String> values(String parameter, String path) {
    return switch (parameter) {
      case "flowId", "executionId", "requestId" -> FLOWS;
      case "workflowId" -> List.of("marked-workflow");
      case "name", "orchestration", "orchName" -> List.of("marked", "asking", "beyond");
      case "trigger" -> List.of("none");
      case "verb" ->
          ControlAction.VERBS.stream().map(verb -> verb.name().toLowerCase(Locale.ROOT)).toList();
      case "step" -> List.of("reserve", "charge", "tell");
      case "jobId" -> List.of(jobId);
      case "version" -> List.of("1");
      case "fingerprint" ->
          List.of(
              get("ADMIN", "/api/incidents")
                  .json()
                  .at("/incidents/0/fingerprint")
                  .asString("v1:0000000000000000"));
      case "partition" -> List.of(letter().substring(0, letter().indexOf('-')));
      case "offset" -> List.of(letter().substring(letter().indexOf('-') + 1));
      case "id" ->
          List.of(
              path.startsWith("/api/notifications/")
                  ? notification()
                  : URLEncoder.encode(letter(), StandardCharsets.UTF_8));
      case "templateId" -> List.of("marked-template");
      case "serviceId" -> List.of("marked");
      default ->
          throw new AssertionError(
              "the crawler does not know what to put for {%s} in %s: add it here"
                  .formatted(parameter, path));
    };
  }

  private String letter() {
    return get("ADMIN", "/api/dead-letters").json().at("/deadLetters/0/id").stringValue();
  }

  private static Set<String> parameters(JsonNode operation, String in) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.get("in").stringValue().equals(in)) {
        names.add(parameter.get("name").stringValue());
      }
    }
    return names;
  }

  private static Shows shows(String route) {
    for (Row row : RouteTable.ROWS) {
      if (route.equals(row.method().name().toLowerCase(Locale.ROOT) + ' ' + row.pattern())) {
        return row.shows();
      }
    }
    throw new AssertionError("RouteTable has no row for " + route);
  }

  private static Set<String> marks(Map<String, Set<String>> seen) {
    Set<String> all = new TreeSet<>();
    seen.values().forEach(all::addAll);
    return all;
  }

  private Reply get(String role, String path) {
    return rest.get(path, "X-API-Key", "key of " + role);
  }

  private Reply post(String role, String path, String body) {
    return rest.post(path, body, "X-API-Key", "key of " + role, "Content-Type", "application/yaml");
  }
}
