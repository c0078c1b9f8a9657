package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.launcher.cli.FakeService.ReceivedRequest;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands with one request and one answer: their requests, output and exit codes. */
class CommandsTest {

  /** All times have one format, with the offset of their zone. */
  private static final String AT = "2026-\\d\\d-\\d\\d \\d\\d:\\d\\d";

  private static final String ZONE = "(Z|[+-]\\d\\d:\\d\\d)";

  @TempDir Path directory;

  @AutoClose private final FakeService service = new FakeService();

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
            verb,
            "f-1",
            "--step",
            "charge",
            "--reason",
            "asked \"twice\"",
            "-p",
            "{\"a\":1.0}",
            "--control-id",
            "c");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("f-1: " + verb + " accepted; the flow is UNDOING.");
    assertThat(service.asked().get(0).body())
        .isEqualTo(
            "{\"stepName\":\"charge\",\"reason\":\"asked \\\"twice\\\"\","
                + "\"controlId\":\"c\",\"payload\":{\"a\":1.0}}");
  }

  @ParameterizedTest
  @CsvSource({"400, 1", "401, 1", "403, 1", "404, 4", "409, 1", "413, 1", "500, 1"})
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

  static Stream<Arguments> repeatable() {
    return Stream.of(
        Arguments.of("undo f-1", "POST /api/flows/f-1/undo"),
        Arguments.of("signal f-1 paid", "POST /api/flows/f-1/signals/paid"),
        Arguments.of("task complete f-1 sign", "POST /api/tasks/complete"),
        Arguments.of("task assign f-1 sign --to bob", "POST /api/tasks/assign"),
        Arguments.of("breakers reset bank", "POST /api/breakers/bank/reset"),
        Arguments.of("schedules pause order/nightly", "POST /api/schedules/order/nightly/pause"),
        Arguments.of("start order", "POST /api/orchestrations/execute"),
        Arguments.of("replay f-1", "POST /api/flows/f-1/replay"));
  }

  /** The id is in the request itself, so it is known even if no answer comes at all. */
  @ParameterizedTest
  @MethodSource("repeatable")
  void aRequestThatMayHaveBeenAcceptedNamesTheIdToRepeatItWith(String command, String request) {
    boolean isStart = command.startsWith("start") || command.startsWith("replay");
    String option = isStart ? "--flow-id" : "--control-id";
    String problem = "{\"title\":\"Not this way\",\"detail\":\"Kafka does not answer\"}";
    service
        .answer(request, 503, "application/problem+json", problem)
        .answer(request, 504, "application/problem+json", problem)
        .answer(request, 200, "text/html", "<p>from a proxy");

    for (int code : List.of(3, 5, 3)) {
      CommandResult ran = service.run(command.split(" ", -1));
      assertThat(ran.code()).as(ran.err()).isEqualTo(code);
      List<ReceivedRequest> asked = service.asked();
      String id =
          Json.MAPPER
              .readTree(asked.get(asked.size() - 1).body())
              .path(isStart ? "flowId" : "controlId")
              .asString("");
      assertThat(id).isNotBlank();
      assertThat(ran.err())
          .contains(
              "To repeat the command, add %s %s: even if this request was accepted, it counts once."
                  .formatted(option, id));
    }
  }

  @Test
  void aRequestThatReachedNobodyIsSimplyRepeated() {
    CommandResult ran = FakeService.runPlain("undo", "f-1", "--url", "http://localhost:1");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).startsWith("Cannot reach DoUndo at").doesNotContain("--control-id");
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
  void aHintCanBeTypedAsItStands() {
    service.answer(
        "POST /api/orchestrations/execute",
        202,
        "{\"flowId\":\"s3://it's a bucket\",\"orchestrationName\":\"order\",\"status\":\"ACCEPTED\"}");

    CommandResult ran = service.run("start", "order");

    assertThat(ran.err().strip())
        .isEqualTo("Follow it with: doundo watch 's3://it'\\''s a bucket' --url=" + service.url());
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
