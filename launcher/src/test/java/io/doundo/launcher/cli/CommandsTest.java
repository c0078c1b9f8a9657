package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands with one request and one answer: their requests, output and exit codes. */
class CommandsTest {

  /** All times have one format, with the offset of their zone. */
  private static final String AT = "2026-\\d\\d-\\d\\d \\d\\d:\\d\\d";

  private static final String ZONE = "(Z|[+-]\\d\\d:\\d\\d)";

  @TempDir Path directory;

  private FakeService service;

  @BeforeEach
  void startService() throws IOException {
    service = new FakeService();
  }

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void aRegistrationIsSentAsItIsAndItsOutcomeShown() throws IOException {
    Path file = Files.writeString(directory.resolve("order.yaml"), "orchestrationName: order\n");
    service.answer(
        "POST /api/orchestrations",
        200,
        """
        {"registrations":[{"orchestrationName":"order","as":"initiator","status":"SUCCESS",
          "definition":"order@0123456789abcdef","version":2,"changed":true,
          "warnings":["steps[0].colour: unknown field, ignored"],"problems":[]},
         {"orchestrationName":"order","as":"worker","serviceName":"stock","warnings":[]}]}""");

    CommandResult ran = service.run("register", file.toString(), "--service", "shop");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines())
        .containsExactly(
            "order version 2 registered (order@0123456789abcdef).",
            "  warning: steps[0].colour: unknown field, ignored",
            "Worker stock declared for order.");
    assertThat(service.asked())
        .singleElement()
        .satisfies(
            asked -> {
              assertThat(asked.body()).isEqualTo("orchestrationName: order\n");
              assertThat(asked.headers().getFirst("Content-Type")).isEqualTo("application/yaml");
              assertThat(asked.headers().getFirst("X-Service-Name")).isEqualTo("shop");
            });
  }

  @Test
  void aRefusedRegistrationListsEveryProblemWithItsPlace() throws IOException {
    Path file = Files.writeString(directory.resolve("bad.json"), "{}");
    service.answer(
        "POST /api/orchestrations",
        400,
        "application/problem+json",
        """
        {"title":"The registration was refused","status":400,"detail":"2 problems: …","problems":[
          {"document":0,"path":"steps[1].name","line":7,"column":11,"message":"must not contain a dot"},
          {"document":0,"path":"type","message":"must be one of sequential, parallel, graph"}]}""");

    CommandResult ran = service.run("register", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .containsExactly(
            "The registration was refused:",
            "  steps[1].name (line 7, column 11): must not contain a dot",
            "  type: must be one of sequential, parallel, graph");
  }

  @Test
  void aStartSendsThePayloadByteForByte() throws IOException {
    Path file = Files.writeString(directory.resolve("p.json"), "{\"amount\": 39.80}");
    service.answer(
        "POST /api/orchestrations/execute",
        202,
        "{\"flowId\":\"f-1\",\"orchestrationName\":\"order\",\"status\":\"ACCEPTED\"}");

    CommandResult ran = service.run("start", "order", "--flow-id", "f-1", "--payload", "@" + file);

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("Started flow f-1");
    assertThat(service.asked().get(0).body())
        .isEqualTo(
            "{\"orchestrationName\":\"order\",\"flowId\":\"f-1\",\"payload\":{\"amount\": 39.80}}");
  }

  @ParameterizedTest
  @CsvSource({"COMPLETED, 0", "UNDONE, 6", "PARKED, 6", "ABANDONED, 6", "REJECTED, 6"})
  void aStartThatWaitsEndsAsItsFlowDoes(String status, int code) {
    service.answer(
        "POST /api/orchestrations/execute?wait=120000ms",
        200,
        "{\"flowId\":\"f-1\",\"orchestrationName\":\"order\",\"status\":\"" + status + "\"}");

    CommandResult ran = service.run("start", "--wait=2m", "order");

    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.out()).contains("f-1", status);
  }

  @Test
  void aWaitWithoutATimeDoesNotSwallowTheName() {
    service.answer(
        "POST /api/orchestrations/execute?wait=30000ms",
        202,
        "{\"flowId\":\"f-1\",\"orchestrationName\":\"order\",\"status\":\"IN_PROGRESS\"}");

    CommandResult ran = service.run("start", "--wait", "order");

    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.out().strip()).isEqualTo("Flow f-1 is still running.");
  }

  @Test
  void aPayloadThatIsNoJsonIsRefusedBeforeAnythingIsSent() {
    CommandResult ran = service.run("start", "order", "--payload", "{\"a\"");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).startsWith("--payload is not JSON: ").doesNotContain("\tat ");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void flowsAreListedInColumns() {
    service.answer(
        "GET /api/flows?status=PARKED%2CUNDONE&orchestration=order&limit=50",
        200,
        """
        {"flows":[
          {"flowId":"f-2","orchestrationName":"order","status":"PARKED","parkReason":"UNDO_FAILED",
           "paused":false,"startedAt":"2026-01-31T12:00:00Z","completedAt":null},
          {"flowId":"flow-1","orchestrationName":"order","status":"UNDONE","paused":false,
           "startedAt":"2026-01-31T12:00:00Z","completedAt":"2026-01-31T12:00:02.500Z"}],
         "nextCursor":"abc","complete":false,"note":"Older flows are not listed."}""");

    CommandResult ran =
        service.run("flows", "--status", "parked,undone", "--orchestration", "order");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("FLOW|ORCHESTRATION|STATUS|STARTED|TOOK"),
            line -> assertThat(line).startsWith("f-2|order|PARKED UNDO_FAILED|2026-01-31 "),
            line -> assertThat(line).startsWith("flow-1|order|UNDONE|").endsWith("|2.5 s"));
    assertThat(ran.err().lines())
        .containsExactly("Older flows are not listed.", "More entries: --cursor abc (or --all)");
  }

  @Test
  void aFlowIsShownWithItsStepsAndItsTimeline() {
    service
        .answer("GET /api/flows/a%20b", 200, FLOW)
        .answer("GET /api/flows/a%20b/timeline", 200, TIMELINE)
        .answer("GET /api/dead-letters?limit=100", 200, "{\"deadLetters\":[]}");

    CommandResult ran = service.run("show", "a b");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("a b|order version 2|UNDONE"),
            line -> assertThat(line).startsWith("started|2026-01-31 ").endsWith(" by shop"),
            line -> assertThat(line).endsWith(" after 1.2 s"),
            line -> assertThat(line).isEqualTo("left standing notify"),
            line -> assertThat(line).isEqualTo("payload|{\"id\":7}"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).isEqualTo("SEQ|STEP|STATUS|DO|UNDO|TOOK|WORKER|NOTE"),
            line -> assertThat(line).isEqualTo("1|reserve|UNDO_SUCCESS|1|1|12 ms|stock"),
            line -> assertThat(line).isEqualTo("2|charge|RETRY_EXHAUSTED|3|-|800 ms|no money"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).matches(AT + ":00.000" + ZONE + "\\|FLOW_STARTED"),
            line ->
                assertThat(line)
                    .matches(
                        AT
                            + ":00.012"
                            + ZONE
                            + "\\|STEP_SUCCESS\\|reserve DO attempt 1\\|12 ms by stock"),
            line ->
                assertThat(line)
                    .matches(AT + ":01.200" + ZONE + "\\|FLOW_UNDONE\\|charge: no money"));
  }

  @Test
  void recordsOfOthersCannotMoveTheCursor() {
    service
        .answer("GET /api/flows/f", 200, FLOW.replace("no money", "\\u001b[2Jno money\\r\\n"))
        .answer("GET /api/flows/f/timeline", 200, TIMELINE)
        .answer("GET /api/dead-letters?limit=100", 200, "{\"deadLetters\":[]}");

    CommandResult ran = service.run("show", "f");

    assertThat(ran.out()).contains("[2Jno money").doesNotContain("\u001b").doesNotContain("\r\n");
  }

  @Test
  void jsonIsOneDocumentForScripts() {
    service
        .answer("GET /api/flows/f", 200, FLOW)
        .answer("GET /api/flows/f/timeline", 200, TIMELINE);

    CommandResult ran = service.run("show", "f", "--output", "json");

    assertThat(ran.out().lines()).hasSize(1);
    var shown = Json.MAPPER.readTree(ran.out());
    assertThat(shown.path("status").asString()).isEqualTo("UNDONE");
    assertThat(shown.path("timeline").size()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = ControlAction.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SIGNAL", "ASSIGN"})
  void everyVerbIsACommand(ControlAction action) {
    String verb = action.name().toLowerCase(Locale.ROOT);
    service.answer(
        "POST /api/flows/f-1/" + verb,
        200,
        "{\"flowId\":\"f-1\",\"controlId\":\"c\",\"accepted\":true,\"status\":\"UNDOING\"}");

    CommandResult ran =
        service.run(
            verb, "f-1", "--step", "charge", "--reason", "asked \"twice\"", "-p", "{\"a\":1.0}");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("f-1: " + verb + " accepted; the flow is UNDOING.");
    assertThat(service.asked().get(0).body())
        .isEqualTo(
            "{\"stepName\":\"charge\",\"reason\":\"asked \\\"twice\\\"\",\"payload\":{\"a\":1.0}}");
  }

  @Test
  void aSignalIsSentAndWhatBecameOfItSaid() {
    service.answer(
        "POST /api/flows/f-1/signals/approved",
        200,
        "{\"flowId\":\"f-1\",\"controlId\":\"s\",\"accepted\":true,\"status\":\"IN_PROGRESS\"}");

    CommandResult ran =
        service.run("signal", "f-1", "approved", "--control-id", "s", "-p", "{\"a\":1.0}");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("f-1: signal approved accepted; the flow is IN_PROGRESS.");
    assertThat(service.asked().get(0).body())
        .isEqualTo("{\"controlId\":\"s\",\"payload\":{\"a\":1.0}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "..", "a/b", "a.b", "a\u0000b", "%2e%2e"})
  void whatCannotNameASignalIsNotSent(String name) {
    CommandResult ran = service.run("signal", "f-1", name);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).startsWith("The signal's name \"").contains(" must ");
    assertThat(service.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void whatCannotBeAControlIdIsNotSent(String id) {
    CommandResult ran = service.run("signal", "f-1", "approved", "--control-id", id);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).startsWith("--control-id \"").contains("must have 1 to 255 characters");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void aSignalThatNoStepTakesIsAnErrorWithTheReason() {
    service.answer(
        "POST /api/flow/signals/approved?flowId=..",
        409,
        "application/problem+json",
        "{\"title\":\"Refused\",\"detail\":\"no step waits for it any more\"}");

    CommandResult ran = service.run("signal", "..", "approved");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no step waits for it any more");
  }

  @Test
  void aSignalWhoseOutcomeIsNotKnownIsSaidToBeSent() {
    service.answer(
        "POST /api/flows/f-1/signals/approved",
        202,
        "{\"flowId\":\"f-1\",\"controlId\":\"s\",\"note\":\"No audit log is written.\"}");

    CommandResult ran = service.run("signal", "f-1", "approved");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("f-1: signal approved was sent. No audit log is written.");
  }

  @ParameterizedTest
  @CsvSource({
    "400, 1", "401, 1", "403, 1", "404, 4", "409, 1", "413, 1", "500, 1", "503, 3", "504, 5"
  })
  void aRefusalIsOneLineAndItsKindIsTheExitCode(int status, int code) {
    service.answer(
        "POST /api/flows/f-1/undo",
        status,
        "application/problem+json",
        "{\"title\":\"Not this way\",\"detail\":\"the pivot charge has succeeded\"}");

    CommandResult ran = service.run("undo", "f-1");

    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .singleElement()
        .asString()
        .contains("Not this way")
        .contains("the pivot charge has succeeded");
  }

  @Test
  void withJsonARefusalIsTheProblemItself() {
    service.answer(
        "GET /api/flows/f",
        404,
        "application/problem+json",
        "{\"title\":\"No such flow\",\"status\":404,\"detail\":\"There is no flow\"}");

    CommandResult ran = service.run("show", "f", "-o", "json");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(Json.MAPPER.readTree(ran.err()).path("title").asString()).isEqualTo("No such flow");
  }

  @Test
  void aServiceThatIsNotThereIsSaidToBeMissing() {
    String url = service.url();
    service.close();

    CommandResult ran = FakeService.runPlain("flows", "--url", url);

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).startsWith("Cannot reach DoUndo at " + url).contains("doundo dev");
    assertThat(ran.err().lines()).hasSize(1);
  }

  @Test
  void anotherServerOnThePortIsNotTakenForTheService() {
    service.answer("GET /api/orchestrations", 200, "text/html", "<html>hello</html>");

    CommandResult ran = service.run("definitions");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).contains("is not DoUndo");
  }

  @Test
  void anAnswerOfTheServiceIsReadHoweverDeepAndLong() {
    String deep = "[".repeat(3_000) + "1".repeat(2_000) + "]".repeat(3_000);
    service.answer("GET /api/orchestrations", 200, "{\"orchestrations\":[],\"deep\":" + deep + "}");

    CommandResult ran = service.run("definitions", "-o", "json");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).endsWith(deep + "}");
  }

  @Test
  void anAnswerThatBreaksOffIsNotSaidToBeSomebodyElses() {
    service.answer("GET /api/orchestrations", 200, "{\"orchestrations\":[");

    CommandResult ran = service.run("definitions");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err())
        .startsWith("The response of " + service.url() + " cannot be read (HTTP status 200): ")
        .doesNotContain("is not DoUndo");
  }

  @Test
  void thereIsOneJudgeOfWhatIsTooDeep() {
    String deep = "[".repeat(500) + "]".repeat(500);
    service.answer(
        "POST /api/orchestrations/execute",
        400,
        "application/problem+json",
        "{\"title\":\"The request cannot be understood\",\"detail\":\"deeper than 100\"}");

    CommandResult ran = service.run("start", "order", "--payload", " " + deep + "\n");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().strip()).isEqualTo("The request cannot be understood: deeper than 100");
    assertThat(service.asked().get(0).body()).endsWith("\"payload\":" + deep + "}");
  }

  @Test
  void anOrchestrationThatIsNearlyOneOfThoseRegisteredIsSuggested() {
    String unknown =
        "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"title\":\"No such orchestration\","
            + "\"detail\":\"Register it, or use ?allowUnregistered=true\"}";
    service
        .answer("POST /api/orchestrations/execute", 404, "application/problem+json", unknown)
        .answer("GET /api/orchestrations/tenantCreatoin", 404, "application/problem+json", unknown)
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"order\"},{\"name\":\"tenantCreation\"}]}");

    CommandResult start = service.run("start", "tenantCreatoin");
    CommandResult show = service.run("definitions", "tenantCreatoin");

    assertThat(start.code()).isEqualTo(4);
    assertThat(start.err())
        .contains("\"tenantCreatoin\" is not registered. Did you mean \"tenantCreation\"?")
        .contains("--allow-unregistered")
        .doesNotContain("?allowUnregistered");
    assertThat(show.code()).isEqualTo(4);
    assertThat(show.err()).contains("Did you mean \"tenantCreation\"?");
  }

  @Test
  void aHintCanBeTypedAsItStands() {
    service.answer(
        "POST /api/orchestrations/execute",
        202,
        "{\"flowId\":\"s3://it's a bucket\",\"orchestrationName\":\"order\",\"status\":\"ACCEPTED\"}");

    CommandResult ran = service.run("start", "order");

    assertThat(ran.err().strip())
        .isEqualTo("Follow it with: doundo watch 's3://it'\\''s a bucket' --url=" + service.url());
  }

  @ParameterizedTest
  @CsvSource({
    "activate,active,takes starts",
    "pause,paused,takes no starts",
    "retire,retired,takes no starts",
    "draft,draft,takes no starts"
  })
  void theStatusOfAnOrchestrationIsChangedByAWord(String verb, String word, String effect) {
    service.answer("GET /api/orchestrations/order", 200, "{\"name\":\"order\"}");
    service.answer(
        "POST /api/orchestrations",
        200,
        "{\"registrations\":[{\"orchestrationName\":\"order\",\"changed\":true}]}");

    CommandResult ran = service.run("definitions", verb, "order");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("order is " + word + ": it " + effect + "; flows that run go on.");
    assertThat(service.asked().get(1).body())
        .isEqualTo("{\"orchestrationName\":\"order\",\"status\":\"" + word + "\"}");
  }

  @Test
  void theStatusOfAnUnknownOrchestrationIsNotChanged() {
    service.answer(
        "GET /api/orchestrations/ordr",
        404,
        "application/problem+json",
        "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"title\":\"No such"
            + " orchestration\",\"detail\":\"not registered\"}");
    service.answer("GET /api/orchestrations", 200, "{\"orchestrations\":[{\"name\":\"order\"}]}");

    CommandResult ran = service.run("definitions", "pause", "ordr");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err()).contains("Did you mean \"order\"?");
    assertThat(service.asked()).noneMatch(asked -> asked.body().contains("paused"));
  }

  @Test
  void aFewOfManyUnservedStepsAreNamed() {
    service.answer(
        "GET /api/orchestrations",
        200,
        """
        {"orchestrations":[{"name":"wide","version":1,"type":"PARALLEL","steps":200,
          "initiator":"shop","registeredAt":"2026-01-31T12:00:00Z","unservedSteps":[%s]}]}"""
            .formatted(
                IntStream.rangeClosed(1, 200)
                    .mapToObj(i -> "\"step" + i + "\"")
                    .collect(Collectors.joining(","))));

    assertThat(service.run("definitions").out().lines().skip(1))
        .singleElement()
        .asString()
        .endsWith("step1, step2, step3 and 197 more");
  }

  @Test
  void theApiKeyIsSent() {
    service.answer("GET /api/dead-letters?limit=20", 200, "{\"deadLetters\":[]}");

    CommandResult ran = service.run("dead-letters", "--api-key", "secret");

    assertThat(ran.out().strip()).isEqualTo("No dead letters.");
    assertThat(service.asked().get(0).headers().getFirst("X-API-Key")).isEqualTo("secret");
  }

  @Test
  void deadLettersShowWhereTheyComeFromAndWhy() {
    service.answer(
        "GET /api/dead-letters?limit=5",
        200,
        """
        {"deadLetters":[{"topic":"orchestrator.registration","partition":0,"offset":12,"key":null,
          "reason":"one line of a JSON document","timestamp":"2026-01-31T12:00:00Z",
          "value":"  \\"steps\\": [","truncated":false}]}""");

    CommandResult ran = service.run("dead-letters", "-n", "5");

    assertThat(ran.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("orchestrator.registration-0 @ 12  2026-01-31 "),
            line -> assertThat(line).isEqualTo("  one line of a JSON document"),
            line -> assertThat(line).isEqualTo("    \"steps\": ["));
  }

  @Test
  void deadLettersAreListedPageByPageAndOneIsShownWhole() {
    String value = "x".repeat(1_000);
    String letter =
        "{\"id\":\"3-17\",\"topic\":\"t\",\"partition\":0,\"offset\":12,\"reason\":\"r\",\"value\":\""
            + value
            + "\"}";
    service
        .answer(
            "GET /api/dead-letters?limit=1&cursor=abc",
            200,
            "{\"deadLetters\":[" + letter + "],\"nextCursor\":\"def\",\"complete\":false}")
        .answer("GET /api/dead-letters/3-17", 200, letter);

    CommandResult page = service.run("dead-letters", "-n", "1", "--cursor", "abc");
    CommandResult one = service.run("dead-letters", "3-17");

    assertThat(page.out()).contains("t-0 @ 12", "id 3-17").doesNotContain(value);
    assertThat(page.err().lines())
        .containsExactly(
            "The list is incomplete: not everything could be read in time. Try again.",
            "More entries: --cursor def (or --all)");
    assertThat(one.out()).contains(value);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://bucket/key, /api/flow?flowId=s3%3A%2F%2Fbucket%2Fkey, /api/flow/undo?flowId=s3%3A%2F%2Fbucket%2Fkey",
    "CORP\\kim, /api/flow?flowId=CORP%5Ckim, /api/flow/undo?flowId=CORP%5Ckim",
    ".., /api/flow?flowId=.., /api/flow/undo?flowId=..",
    "a/b, /api/flows/a%2Fb, /api/flows/a%2Fb/undo"
  })
  void anyFlowIdReachesItsFlow(String flowId, String flow, String undo) {
    service
        .answer("GET " + flow, 200, FLOW)
        .answer("POST " + undo, 200, "{\"status\":\"UNDOING\"}");

    CommandResult ran = service.runAnswering("y", "undo", flowId);

    assertThat(ran.code()).isZero();
  }

  @Test
  void validateSaysWhatATaskAsksOfWhom() throws IOException {
    Path payload = directory.resolve("payload.json");
    Files.writeString(
        payload, "{\"item\":\"laptop\",\"amount\":9,\"buyer\":\"eve\",\"manager\":\"ann\"}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/approval-registration.yaml",
            "--payload",
            payload.toString());

    assertThat(ran.out()).contains("asks \"Approve laptop for eve: 9 EUR\", assignee ann");
  }

  @Test
  void openTasksAreListed() {
    service.answer(
        "GET /api/tasks?assignee=ann&overdue=true&limit=50",
        200,
        """
        {"tasks":[{"flowId":"f-1","orchestrationName":"contract","step":"sign","title":"Sign it",
          "assignee":"ann","candidates":["managers","law"],"dueAt":"2026-01-31T10:00:00Z",
          "overdue":true,"openedAt":"2026-01-30T10:00:00Z"}],"nextCursor":"abc","complete":true}
        """);

    CommandResult ran = service.run("tasks", "--assignee", "ann", "--overdue");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().skip(1))
        .singleElement()
        .asString()
        .contains("f-1", "sign", "Sign it", "ann", "managers, law", "overdue");
    assertThat(ran.err()).contains("--cursor abc");
  }

  @Test
  void withoutOpenTasksTheListSaysSo() {
    service.answer("GET /api/tasks?limit=50", 200, "{\"tasks\":[],\"complete\":true}");
    assertThat(service.run("tasks").out().strip()).isEqualTo("No open tasks.");
  }

  @Test
  void aTaskIsCompletedAndAssigned() {
    String done =
        "{\"flowId\":\"f-1\",\"controlId\":\"c\",\"accepted\":true,\"status\":\"IN_PROGRESS\"}";
    service
        .answer("POST /api/tasks/complete", 200, done)
        .answer("POST /api/tasks/assign", 200, done);

    CommandResult completed =
        service.run(
            "task",
            "complete",
            "f-1",
            "sign",
            "-p",
            "{\"signed\":true}",
            "--on-behalf-of",
            "ann",
            "--control-id",
            "c");
    CommandResult assigned = service.run("task", "assign", "f-1", "sign", "--to", "bob");

    assertThat(completed.out().strip())
        .isEqualTo("f-1: task sign is completed; the flow is IN_PROGRESS.");
    assertThat(assigned.out().strip())
        .isEqualTo("f-1: task sign is for bob; the flow is IN_PROGRESS.");
    assertThat(service.asked().get(0).body())
        .isEqualTo(
            "{\"flowId\":\"f-1\",\"step\":\"sign\",\"controlId\":\"c\","
                + "\"payload\":{\"signed\":true},\"onBehalfOf\":\"ann\"}");
    assertThat(service.asked().get(1).body())
        .isEqualTo("{\"flowId\":\"f-1\",\"step\":\"sign\",\"assignee\":\"bob\"}");
  }

  @Test
  void aTaskThatIsForSomebodyElseIsAnErrorWithTheReason() {
    service.answer(
        "POST /api/tasks/complete",
        403,
        "application/problem+json",
        "{\"title\":\"Not allowed\",\"detail\":\"The task is not for eve, but for ann.\"}");

    CommandResult ran = service.run("task", "complete", "f-1", "sign");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("not for eve, but for ann");
    assertThat(service.run("task").code()).as("what to do is missing").isEqualTo(2);
  }

  @Test
  void definitionsShowTheirTitlesCategoriesAndLabelsWhereThereAreAny() {
    service
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"order\",\"title\":\"Orders\",\"labels\":[\"shop\",\"eu\"]},"
                + "{\"name\":\"plain\",\"labels\":[]}]}")
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"plain\",\"labels\":[]}]}");

    assertThat(service.run("definitions").out())
        .contains("TITLE", "LABELS", "Orders", "shop, eu")
        .doesNotContain("CATEGORY");
    assertThat(service.run("definitions").out()).doesNotContain("TITLE", "LABELS");
  }

  @Test
  void definitionsAreListedAndShown() {
    service
        .answer(
            "GET /api/orchestrations",
            200,
            """
            {"orchestrations":[{"name":"order","version":2,"type":"SEQUENTIAL","steps":1,
              "initiator":"shop","registeredAt":"2026-01-31T12:00:00Z","unservedSteps":["charge"]}]}""")
        .answer(
            "GET /api/orchestrations/order",
            200,
            """
            {"name":"order","version":2,"type":"SEQUENTIAL","definition":"order@00","steps":[
              {"seq":1,"name":"charge","dependsOn":[],"retry":{"maxAttempts":3},"timeout":"PT5M",
               "pivot":true,"undoable":false,"servedBy":["bank"]}],
             "versions":[{"version":2,"hash":"00","registeredAt":"2026-01-31T12:00:00Z",
               "requestedBy":"alice"}]}""");

    assertThat(service.run("definitions").out()).contains("order", "SEQUENTIAL", "shop", "charge");
    assertThat(service.run("definitions", "order").out())
        .contains("order@00", "charge", " 5m ", "pivot, no undo", "bank")
        .containsPattern("2 +00 +\\S+ \\S+ +alice");
  }

  @Test
  void choicesAndLanesAreShown() {
    service.answer(
        "GET /api/orchestrations/order",
        200,
        """
        {"name":"order","version":1,"type":"SEQUENTIAL","definition":"order@00","steps":[
          {"seq":1,"name":"route","kind":"choice","dependsOn":[],"after":[],"branches":["x",null],
           "retry":{"maxAttempts":3},"timeout":"PT5M","undoable":false},
          {"seq":2,"name":"express","kind":"remote","dependsOn":["route"],"after":["other"],
           "guard":{"choice":"route","branch":0},"when":"payload.x","retry":{"maxAttempts":3},
           "timeout":"PT5M","undoable":true}],
         "versions":[]}""");

    assertThat(service.run("definitions", "order").out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +1 +route +choice of 2 *"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        " +2 +express +route +3 +5m"
                            + " +branch 0 of route, when payload.x, not beside other *"));
  }

  @Test
  void aFileIsValidatedWithoutAService() throws IOException {
    Path good = Path.of("../registration-examples/graph-initiator-registration.yaml");
    Path bad =
        Files.write(
            directory.resolve("bad.yaml"),
            """
            orchestrationName: a.b
            steps:
              - name: one
                maxRetrys: 3
            """
                .getBytes(UTF_8));

    CommandResult ran = FakeService.runPlain("validate", good.toString(), bad.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith(": orderProcessing, 6 steps, graph: no problems."),
            line -> assertThat(line).isEqualTo(bad + ": 2 problems:"),
            line -> assertThat(line).startsWith("  orchestrationName (line 1, column 20): "),
            line -> assertThat(line).contains("(line 4, ", "did you mean \"maxRetries\"?"));
  }

  /** {@code validate} lists each problem once, and none for a document that can be registered. */
  @Test
  void validateSaysWhatRegisterWouldSay() throws Exception {
    Path odd = directory.resolve("odd.yaml");
    Files.writeString(
        odd,
        """
        orchestrationName: o
        type: graph
        steps:
          - {name: a, seq: 010, timeout: 30S, pivot: Yes, retry: {jitter: 1e-1}}
          - {name: b, dependsOn: a}
        """);
    Path bad = directory.resolve("bad.yaml");
    Files.writeString(bad, "orchestrationName: o\nsteps: [{name: a, timeout: soon, seq: x}]\n");

    CommandResult ran = FakeService.runPlain("validate", odd.toString(), bad.toString());

    assertThat(ran.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("o, 2 steps, graph: no problems."),
            line -> assertThat(line).isEqualTo(bad + ": 2 problems:"),
            line -> assertThat(line).contains("steps[0].seq", "must be a whole number"),
            line -> assertThat(line).contains("steps[0].timeout", "must be a duration"));
  }

  @Test
  void validateShowsWhatEachStepWouldBeSent() throws Exception {
    String file = "../registration-examples/choice-registration.yaml";
    Path payload = directory.resolve("payload.json");
    Files.writeString(payload, "{\"amount\": 30, \"country\": \"DE\"}");
    Path rating = directory.resolve("rating.json");
    Files.writeString(rating, "{\"score\": 400}");

    CommandResult unrated = FakeService.runPlain("validate", file, "--payload", payload.toString());
    assertThat(unrated.code()).isZero();
    assertThat(unrated.out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +checkOrder +holds"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(" +rateCustomer +is sent \\{\"amount\":30,\"country\":\"DE\"}"))
        .anySatisfy(
            line ->
                assertThat(line).matches(" +route +depends on what is returned by rateCustomer"))
        .endsWith("  Say what a step returns with --result STEP=FILE.");

    CommandResult rated =
        FakeService.runPlain(
            "validate",
            file,
            "--payload",
            payload.toString(),
            "--result",
            "rateCustomer=" + rating);
    assertThat(rated.out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +route +takes branch 1: payload.amount .*"))
        .anySatisfy(
            line -> assertThat(line).matches(" +reviewOrder +is not taken: route does not .*"))
        .anySatisfy(line -> assertThat(line).matches(" +shipParcel +is sent \\{.*\"score\".*}"));
  }

  @Test
  void validateShowsForScriptsAsWellAndFailsWhereTheFlowWould() throws Exception {
    Path payload = directory.resolve("payload.json");
    Files.writeString(payload, "{\"amount\": 0, \"country\": \"DE\"}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/choice-registration.yaml",
            "--payload",
            payload.toString(),
            "-o",
            "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains(
            "\"step\":\"checkOrder\",\"kind\":\"validate\",\"outcome\":\"failed\"",
            "\"error\":\"amount 0 is not positive\"",
            "\"outcome\":\"notReached\",\"failed\":\"checkOrder\"");
  }

  @Test
  void aResultOfAStepThatThereIsNotIsRefused() throws Exception {
    Path payload = Files.writeString(directory.resolve("payload.json"), "{}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/choice-registration.yaml",
            "--payload",
            payload.toString(),
            "--result",
            "rateCustmer=" + payload);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("no step rateCustmer", "did you mean rateCustomer?");
  }

  @Test
  void anEventGivenToValidateIsRecognised() throws Exception {
    Path event = directory.resolve("event.json");
    Files.writeString(event, "{\"headers\":{\"orchestrationName\":\"order\"},\"payload\":{}}");

    CommandResult ran = FakeService.runPlain("validate", event.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("1 problem:", "this is a start event, not a registration");
  }

  @Test
  void aMissingFileIsNamed() {
    CommandResult ran = FakeService.runPlain("validate", directory.resolve("none.yaml").toString());

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("none.yaml: there is no such file");
  }

  static final String FLOW =
      """
      {"flowId":"a b","orchestrationName":"order","version":2,"definition":"order@00",
       "status":"UNDONE","parkReason":null,"paused":false,"reason":null,"initiator":"shop",
       "startedAt":"2026-01-31T12:00:00Z","completedAt":"2026-01-31T12:00:01.200Z",
       "updatedAt":"2026-01-31T12:00:01.200Z","deadlineAt":null,"leftStanding":["notify"],
       "steps":[
        {"seq":1,"name":"reserve","status":"UNDO_SUCCESS","attempts":1,"undoAttempts":1,
         "durationMs":12,"workerService":"stock","errorMessage":null},
        {"seq":2,"name":"charge","status":"RETRY_EXHAUSTED","attempts":3,"undoAttempts":0,
         "durationMs":800,"errorMessage":"no money"}],
       "payload":{"id":7}}""";

  static final String TIMELINE =
      """
      {"flowId":"a b","complete":true,"events":[
        {"transition":1,"type":"FLOW_STARTED","timestamp":"2026-01-31T12:00:00Z","status":"IN_PROGRESS"},
        {"transition":2,"type":"STEP_SUCCESS","step":"reserve","operation":"DO","attempt":1,
         "durationMs":12,"worker":"stock","timestamp":"2026-01-31T12:00:00.012Z","status":"IN_PROGRESS"},
        {"transition":9,"type":"FLOW_UNDONE","reason":"charge: no money",
         "timestamp":"2026-01-31T12:00:01.200Z","status":"UNDONE"}]}""";

  @Test
  void aReplaySaysWhichFlowItStarted() {
    service.answer(
        "POST /api/flows/old%201/replay",
        202, "{\"flowId\":\"new-1\",\"orchestrationName\":\"order\",\"status\":\"ACCEPTED\"}");

    CommandResult ran =
        service.run("replay", "old 1", "--payload", "{\"a\":1}", "--flow-id", "new-1");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines()).containsExactly("Started flow new-1 from the payload of old 1");
    assertThat(service.asked())
        .singleElement()
        .satisfies(
            asked ->
                assertThat(asked.body()).isEqualTo("{\"flowId\":\"new-1\",\"payload\":{\"a\":1}}"));
  }
}
