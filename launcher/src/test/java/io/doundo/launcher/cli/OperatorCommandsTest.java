package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands by which an operator looks around and repairs, against prepared answers. */
class OperatorCommandsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path directory;

  @AutoClose private final FakeService service = new FakeService();

  private static final String FLOWS =
      """
      {"flows":[{"flowId":"f-1","orchestrationName":"order","status":"PARKED","parkReason":"UNDO_FAILED",
        "version":7,"currentSteps":["pay"],"attempts":12,"error":"=cmd","fingerprint":"v1:9f",
        "startedAt":"2026-01-31T12:00:00Z"}],"nextCursor":%s,"complete":true}""";

  @Test
  void aListHasSixForms() {
    service.answer("GET /api/flows?limit=50", 200, FLOWS.formatted("null"));

    assertThat(service.run("flows", "-o", "name").out().lines()).containsExactly("f-1");
    assertThat(service.run("flows", "-o", "jsonl").out().lines())
        .singleElement()
        .asString()
        .startsWith("{\"flowId\":\"f-1\"");
    assertThat(service.run("flows", "-o", "json").out()).startsWith("{\"flows\":[");
    List<String> csv = service.run("flows", "-o", "csv", "--utc").out().lines().toList();
    assertThat(csv.get(0))
        .isEqualTo(
            "flow,orchestration,version,status,step,attempts,key,started,updated,took,fingerprint,error");
    assertThat(csv.get(1))
        .isEqualTo("f-1,order,7,PARKED UNDO_FAILED,pay,12,,2026-01-31 12:00:00.000Z,,,v1:9f,'=cmd");
    assertThat(service.run("flows", "-o", "wide").out()).contains("FINGERPRINT", "v1:9f", "=cmd");
    assertThat(service.run("flows").out()).contains("f-1").doesNotContain("FINGERPRINT");
    CommandResult unknown = service.run("flows", "-o", "xml");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("must be one of table, wide, json, jsonl, csv, name", "flows --help");
  }

  @Test
  void aFormForListsIsRefusedForASingleThing() {
    CommandResult ran = service.run("why", "f-1", "-o", "csv");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--output csv is for lists", "use --output json");
  }

  @Test
  void allPagesAreStreamed() {
    service.answer("GET /api/flows?status=PARKED&limit=500", 200, FLOWS.formatted("\"c2\""));
    service.answer(
        "GET /api/flows?status=PARKED&limit=500&cursor=c2",
        200,
        FLOWS.formatted("null").replace("f-1", "f-2"));
    CommandResult ran = service.run("flows", "--status", "parked", "--all", "-o", "name");
    assertThat(ran.out().lines()).containsExactly("f-1", "f-2");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void flowsAreCountedInGroups() {
    service.answer(
        "GET /api/flows?status=PARKED&facets=step,fingerprint&limit=1".replace(",", "%2C"),
        200,
        """
        {"flows":[],"total":{"count":41,"exact":true},"facets":{"step":{"pay":40,"book":1},
          "fingerprint":[{"id":"v1:9f","template":"http <n>","count":41}]},"complete":true}""");
    service.answer(
        "GET /api/flows?limit=1", 200, "{\"total\":{\"count\":7,\"exact\":false},\"flows\":[]}");

    CommandResult groups =
        service.run(
            "flows", "count", "--status=PARKED", "--group-by", "step,fingerprint", "-o", "csv");
    assertThat(groups.out().lines())
        .containsExactly(
            "group,value,flows,template",
            "step,pay,40,",
            "step,book,1,",
            "fingerprint,v1:9f,41,http <n>");
    assertThat(service.run("flows", "count").out().strip()).isEqualTo("7 or more");
  }

  @Test
  void waitingEndsWithTheFlow() {
    service.answer("GET /api/flows/f-1", 200, "{\"status\":\"IN_PROGRESS\"}");
    service.answer("GET /api/flows/f-1", 200, "{\"status\":\"PARKED\"}");
    service.answer("GET /api/flows/f-1", 200, "{\"status\":\"COMPLETED\"}");
    CommandResult ran = service.run("wait", "f-1", "--timeout", "1m");
    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("f-1 is COMPLETED");
  }

  @Test
  void waitingForAParkedFlowAndInVain() {
    service.answer("GET /api/flows/f-1", 200, "{\"status\":\"PARKED\"}");
    assertThat(service.run("wait", "f-1", "--for=parked").code()).isZero();
    CommandResult late = service.run("wait", "f-1", "--for=end", "--timeout", "0s");
    assertThat(late.code()).isEqualTo(5);
    assertThat(late.err()).contains("f-1 is PARKED after 0 ms", "doundo why f-1");
    service.answer("GET /api/flows/f-2", 200, "{\"status\":\"UNDONE\"}");
    assertThat(service.run("wait", "f-2").code()).isEqualTo(6);
    assertThat(service.run("wait", "f-2", "--for=parked").code()).isEqualTo(6);
  }

  @Test
  void aDeadLetterIsEditedAndSentAgain() throws IOException {
    service.answer(
        "POST /api/dead-letters/3/17/resend?dryRun=true",
        200,
        """
        {"id":"3-17","topic":"orchestrator.control","role":"OPERATOR","sent":false,
          "verdict":{"accepted":false,"problems":["no \\"action\\""]}}""");
    service.answer(
        "POST /api/dead-letters/3/17/resend",
        200,
        """
        {"id":"3-17","topic":"orchestrator.control","partition":2,"offset":9,"sent":true,
          "verdict":{"accepted":true,"problems":[]}}""");
    Path file = Files.write(directory.resolve("v"), new byte[] {(byte) 0xff});

    CommandResult tried = service.run("dead-letters", "resend", "3-17", "--dry-run");
    CommandResult sent =
        service.run(
            "dead-letters",
            "resend",
            "3-17",
            "--value=@" + file,
            "--header",
            "tenant=a",
            "--remove-header=region",
            "--reason",
            "mended");

    assertThat(tried.code()).isEqualTo(1);
    assertThat(tried.out().lines())
        .containsExactly(
            "The record would become a dead letter again. Nothing was sent.", "  no \"action\"");
    assertThat(sent.out().strip())
        .isEqualTo("Dead letter 3-17 was sent to orchestrator.control, partition 2, offset 9.");
    assertThat(service.asked().get(1).body())
        .isEqualTo(
            "{\"valueBase64\":\"/w==\",\"headers\":{\"tenant\":\"a\",\"region\":null},\"reason\":\"mended\"}");
    assertThat(service.run("dead-letters", "resend", "first").err())
        .contains("looks like 3-1234", "dead-letters");
  }

  @Test
  void aGroupOfDeadLettersIsSentAgainByAJob() {
    service.answer(
        "POST /api/jobs",
        201,
        """
        {"jobId":"j-1","state":"DRAFT","verb":"RESEND","reason":"mended","perSecond":5,"matched":41,
         "preview":{"byOutcome":{"sent to orchestrator.control":40,"refused: it has expired":1}}}""");
    service.answer(
        "POST /api/jobs/j-1/start",
        200,
        """
        {"jobId":"j-1","state":"RUNNING","verb":"RESEND","matched":41,"sent":40,"refused":1,
         "outcome":{"resent":39,"deadLetteredAgain":1}}""");
    String[] command = {
      "dead-letters",
      "resend",
      "--filter",
      "topic=orchestrator.control&seen=false",
      "--fingerprint",
      "v1:9f2ac01744d7e655",
      "--reason",
      "mended",
      "--per-second",
      "5"
    };

    CommandResult asked = service.run(command);
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err())
        .contains(
            "resend of 41 dead letters, 5 a second: mended",
            "40  sent to orchestrator.control",
            "resend of 41 dead letters must be confirmed",
            "jobs start j-1");
    String[] agreed = Arrays.copyOf(command, command.length + 1);
    agreed[command.length] = "--yes";
    CommandResult started = service.run(agreed);

    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out())
        .contains("40 of 41 sent; 1 refused, 0 left; 39 sent again, 1 dead letters again");
    assertThat(Json.MAPPER.readTree(service.asked().get(0).body()))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"verb":"RESEND","reason":"mended","perSecond":5,
                 "filter":"topic=orchestrator.control&seen=false&fingerprint=v1%3A9f2ac01744d7e655"}"""));
  }

  @Test
  void sendingManyDeadLettersNeedsAFilterAndAReason() {
    assertThat(service.run("dead-letters", "resend").err()).contains("--filter or --fingerprint");
    assertThat(service.run("dead-letters", "resend", "3-17", "--first").err())
        .contains("need a filter");
    assertThat(service.run("dead-letters", "resend", "--filter", "topic=t").err())
        .contains("add --reason");
    for (String empty : new String[] {"", "topic="}) {
      assertThat(service.run("dead-letters", "resend", "--filter", empty, "--reason", "x").err())
          .contains("The filter is empty");
    }
    assertThat(
            service
                .run("dead-letters", "resend", "3-17", "--filter", "topic=t", "--reason", "x")
                .err())
        .contains("leave out the id");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void deadLettersAreGroupedAndMarkedAsSeen() {
    String group =
        """
        {"groups":[{"fingerprint":"v1:9f2ac01744d7e655","topic":"orchestrator.control",
          "template":"no action","count":41,"unseen":40,"firstAt":"2026-11-29T02:00:00Z",
          "lastAt":"2026-11-29T03:00:00Z","sample":"3-17"}],"upTo":"abc","complete":true}""";
    service.answer("GET /api/dead-letters/groups?seen=false", 200, group);
    service.answer("GET /api/dead-letters/groups?fingerprint=v1%3A9f2ac01744d7e655", 200, group);
    service.answer(
        "GET /api/dead-letters/groups?fingerprint=v1%3A0",
        200, "{\"groups\":[],\"upTo\":\"abc\",\"complete\":true}");
    service.answer("POST /api/dead-letters/seen", 200, "{\"marked\":null,\"seen\":true}");

    CommandResult groups = service.run("dead-letters", "groups", "--unseen");
    assertThat(groups.out())
        .as(groups.err())
        .contains("v1:9f2ac01744d7e655", "41", "40", "no action");
    CommandResult marked =
        service.run("dead-letters", "seen", "--fingerprint", "v1:9f2ac01744d7e655");
    CommandResult back = service.run("dead-letters", "seen", "--undo", "3-17", "3-18");

    assertThat(marked.out().strip()).isEqualTo("The group v1:9f2ac01744d7e655 is marked as seen.");
    assertThat(service.asked().get(2).body())
        .isEqualTo("{\"fingerprint\":\"v1:9f2ac01744d7e655\",\"upTo\":\"abc\"}");
    assertThat(back.out().strip()).isEqualTo("2 dead letters are no longer marked as seen.");
    assertThat(service.asked().get(3).body())
        .isEqualTo("{\"ids\":[\"3-17\",\"3-18\"],\"seen\":false}");
    assertThat(service.run("dead-letters", "seen", "--fingerprint", "v1:0").err())
        .contains("There is no dead letter in the group v1:0. Nothing was marked.");
    service.answer(
        "GET /api/dead-letters/groups?fingerprint=v1%3A1",
        200, group.replace("\"complete\":true", "\"complete\":false"));
    CommandResult partly = service.run("dead-letters", "seen", "--fingerprint", "v1:1");
    assertThat(partly.err()).contains("no time to read all dead letters", "Nothing was marked");
    assertThat(service.run("dead-letters", "seen").err()).contains("by their ids, or a group");
  }

  @Test
  void deadLettersAreFilteredShownAndExported() throws IOException {
    String list =
        """
        {"deadLetters":[{"id":"0-5","topic":"t","reason":"=bad","value":"ab…","truncated":true}],
          "complete":true}""";
    service.answer("GET /api/dead-letters?topic=t&reason=bad&flowId=f-1&limit=20", 200, list);
    service.answer("GET /api/dead-letters?topic=t&limit=100", 200, list);
    service.answer(
        "GET /api/dead-letters/0-5",
        200,
        """
        {"id":"0-5","topic":"t","reason":"bad","value":"abc","truncated":false,
          "headers":[{"name":"tenant","value":"a"}],"resentFrom":"0-1"}""");

    assertThat(
            service
                .run("dead-letters", "--topic=t", "--reason=bad", "--flow=f-1", "--output", "csv")
                .out())
        .contains("0-5,", ",'=bad");
    assertThat(service.run("dead-letters", "show", "0-5").out())
        .contains("sent again from 0-1", "header tenant: a", "abc");
    Path file = directory.resolve("letters.jsonl");
    CommandResult exported =
        service.run("dead-letters", "export", "--topic=t", "--to-file", file.toString());
    assertThat(exported.out()).contains("1 dead letter written to");
    assertThat(Files.readString(file)).contains("\"value\":\"abc\"").endsWith("\n");
    assertThat(
            service.run("dead-letters", "export", "--topic=t", "--to-file", file.toString()).err())
        .contains("exists already");
  }

  @Test
  void incidentsAreListedAndOpened() {
    String incident =
        """
        {"fingerprint":"v1:9f","orchestration":"order","step":"pay","action":"UNDO","flows":46,
          "parked":41,"trend":"NEW","template":"http <n> from <…>","sample":"ord-17",
          "firstSeen":"2026-01-31T12:00:00Z","lastSeen":"2026-01-31T12:00:00Z"}""";
    service.answer(
        "GET /api/incidents?window=1h&limit=100",
        200,
        "{\"incidents\":[%s],\"unexplained\":2,\"complete\":true}".formatted(incident));
    service.answer(
        "GET /api/incidents/v1%3A9f",
        200, "{\"incident\":%s,\"flows\":[{\"flowId\":\"ord-17\"}]}".formatted(incident));

    CommandResult all = service.run("incidents", "--window=1h");
    assertThat(all.out()).contains("v1:9f", "46", "NEW", "pay UNDO", "http <n>");
    assertThat(all.err()).contains("2 flows parked without an error text", "--status PARKED");
    CommandResult one = service.run("incidents", "v1:9f");
    assertThat(one.out()).contains("UNDO pay of order: 46 flows, of which 41 parked", "ord-17");
    assertThat(one.err()).contains("doundo why ord-17");
  }

  @Test
  void aBreakerThatIsOpenForLongIsAnIncident() {
    service.answer(
        "GET /api/incidents?limit=100",
        200,
        """
        {"incidents":[],"unexplained":0,"complete":true,"breakers":[
          {"name":"bank","state":"OPEN","openSince":"2026-01-31T12:00:00Z","until":null,
           "why":"5 faults within 60 s without a success","by":null,"held":212},
          {"name":"rail","state":"FORCED_OPEN","openSince":"2026-01-31T12:00:00Z","until":null,
           "why":"maintenance","by":"ann","held":1}]}""");

    CommandResult table = service.run("incidents");
    assertThat(table.out())
        .contains("No flow waits for an operator.", "bank", "OPEN SINCE", "212 steps", "5 faults")
        .contains("1 step", "maintenance, by ann");
    CommandResult names = service.run("incidents", "-o", "name");
    assertThat(names.out()).isEmpty();
    assertThat(names.err()).contains("2 breakers open for more than 5 minutes", "doundo breakers");
  }

  @Test
  void workersAreShownAsAttachedNobodyOrUnknown() {
    service.answer(
        "GET /api/workers",
        200,
        """
        {"workers":[
          {"orchestration":"o","step":"a","action":"DO","topic":"o.a.do","attached":"YES",
           "groups":[{"group":"g","members":[{},{}],"committedLag":12}],"declaredBy":[]},
          {"orchestration":"o","step":"b","action":"DO","topic":"o.b.do","attached":"NO","groups":[],
           "declaredBy":[{"service":"w"}]},
          {"orchestration":"o","step":"c","action":"DO","topic":"o.c.do","attached":"UNKNOWN","groups":[],
           "declaredBy":[]}],"complete":false,"note":"The broker refuses to say."}""");
    CommandResult ran = service.run("workers", "-o", "csv");
    assertThat(ran.out().lines().skip(1).toList())
        .containsExactly(
            "o,a,DO,2,g,12,,,,o.a.do", "o,b,DO,nobody,,,,,w,o.b.do", "o,c,DO,unknown,,,,,,o.c.do");
    assertThat(ran.err().strip()).isEqualTo("The broker refuses to say.");
    assertThat(service.run("workers", "--unattached", "-o", "name").out().lines())
        .containsExactly("o.b.do");
  }

  @Test
  void theStatsAreSummedUp() {
    service.answer(
        "GET /api/stats?window=2h",
        200,
        """
        {"byStatus":{"PARKED":41,"UNDONE":0},"oldest":{"parked":"2026-01-31T12:00:00Z"},
          "parkedByReason":{"UNDO_FAILED":41},"inDoubt":1,"paused":0,
          "buckets":[{"started":2,"completed":1},{"started":3,"undone":1,"parked":41}],
          "unserved":[{"orchestration":"o","step":"s"}],"slow":[],"complete":true}""");
    CommandResult ran = service.run("stats", "--window=2h");
    assertThat(ran.out())
        .contains(
            "PARKED",
            "5 started, 1 completed, 1 undone, 41 parked",
            "Parked because of: UNDO_FAILED 41",
            "In doubt: 1",
            "Nobody serves: o.s")
        .doesNotContain("UNDONE", "Paused");
  }

  @Test
  void twoFlowsAreComparedStepByStep() {
    service.answer(
        "GET /api/flows/good",
        200,
        """
        {"flowId":"good","status":"COMPLETED","payload":{"a":1,"b":{"c":2}},"steps":[
          {"name":"s","status":"DO_SUCCESS","attempts":1,"durationMs":100},
          {"name":"t","status":"DO_SUCCESS","attempts":1,"durationMs":100}]}""");
    service.answer(
        "GET /api/flows/bad",
        200,
        """
        {"flowId":"bad","status":"PARKED","payload":{"a":1,"b":{"c":3}},"steps":[
          {"name":"s","status":"DO_SUCCESS","attempts":1,"durationMs":250},
          {"name":"t","status":"UNDO_FAIL","attempts":3}]}""");
    CommandResult ran = service.run("compare", "good", "bad");
    assertThat(ran.out())
        .contains("> t", "UNDO_FAIL x3", "2.5", "They differ first at t.", "payload b.c: 2 | 3");
    assertThat(service.run("compare", "good", "bad", "--web").out().strip())
        .isEqualTo(service.url() + "/compare?a=good&b=bad");
  }

  @Test
  void anyRequestCanBeSent() {
    service.answer("GET /api/tasks", 200, "{\"tasks\":[],\"nextCursor\":\"c\"}");
    service.answer("GET /api/tasks?cursor=c", 200, "{\"tasks\":[1]}");
    service.answer("POST /api/jobs", 201, "{\"jobId\":\"j\"}");
    assertThat(service.run("api", "/api/tasks", "--all").out().lines())
        .containsExactly("{\"tasks\":[],\"nextCursor\":\"c\"}", "{\"tasks\":[1]}");
    assertThat(service.run("api", "post", "/api/jobs", "--data", "{\"verb\":\"RETRY\"}").out())
        .contains("\"j\"");
    assertThat(service.asked().get(2).body()).isEqualTo("{\"verb\":\"RETRY\"}");
    assertThat(service.run("api", "SHOUT", "/api/x").code()).isEqualTo(2);
    assertThat(service.run("api", "api/x").err()).contains("must begin with a slash");
  }

  @Test
  void thePagesOfTheConsoleAreFound() {
    assertThat(service.run("open").out().strip()).isEqualTo(service.url() + "/");
    assertThat(service.run("open", "a/b c").out().strip())
        .isEqualTo(service.url() + "/flows/a%2Fb%20c");
    assertThat(service.run("open", "dead-letters").out().strip())
        .isEqualTo(service.url() + "/dead-letters");
    assertThat(service.run("flows", "--web", "--status=PARKED").out().strip())
        .isEqualTo(service.url() + "/flows?status=PARKED");
  }

  @Test
  void whoIAmIsTold() {
    service.answer(
        "GET /api/me",
        200,
        "{\"principal\":\"kim\",\"role\":\"OPERATOR\",\"version\":\"0.2\",\"payloads\":\"hidden\"}");
    assertThat(service.run("whoami").out())
        .contains("kim with the role OPERATOR at " + service.url(), "payloads      hidden");
  }

  @Test
  void fieldsAreExplainedFromTheSchema() {
    CommandResult step = FakeService.runPlain("explain", "steps.retry");
    assertThat(step.code()).isZero();
    assertThat(step.out()).contains("maxAttempts");
    assertThat(FakeService.runPlain("explain").out()).contains("orchestrationName", "undoWindow");
    CommandResult unknown = FakeService.runPlain("explain", "steps.retri");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("Did you mean \"retry\"?");
    assertThat(FakeService.runPlain("explain", "orchestrationName.x").err())
        .contains("has no fields inside it");
  }

  @Test
  void aFileIsComparedWithWhatIsRegistered() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("o.yaml"),
            """
            orchestrationName: o
            steps:
              - { name: a, timeout: 30s }
              - { name: c }
            """);
    service.answer(
        "GET /api/orchestrations/o",
        200,
        """
        {"name":"o","version":6,"definition":"o@other","type":"SEQUENTIAL","undoWindow":"PT24H",
          "steps":[{"name":"a","kind":"remote","timeout":"PT5M","undoable":true},{"name":"b"}]}""");
    CommandResult ran = service.run("diff", "-f", file.toString(), "--exit-code");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains("o, compared with version 6", "~ a", "timeout: PT5M -> PT30S", "- b", "+ c")
        .doesNotContain("undoable");
    service.answer(
        "GET /api/orchestrations/new",
        404,
        "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"detail\":\"no\"}");
    Path other =
        Files.writeString(
            directory.resolve("n.yaml"), "orchestrationName: new\nsteps: [{name: a}]\n");
    assertThat(service.run("diff", "-f", other.toString()).out()).contains("new is new.", "+ a");
  }

  @Test
  void versionsAreCompared() {
    service.answer(
        "GET /api/orchestrations/o/diff?from=6&to=7",
        200,
        """
        {"steps":[{"name":"a","change":"CHANGED","fields":[{"path":"timeout","from":"PT5M","to":"PT1M"}]},
          {"name":"b","change":"ADDED"}],"edges":{"added":[{"from":"a","to":"b"}],"removed":[]}}""");
    assertThat(service.run("definitions", "diff", "o", "6", "7").out().lines())
        .containsExactly(
            "o from version 6 to 7", "~ a", "    timeout: PT5M -> PT1M", "+ b", "+ edge a -> b");
  }

  @Test
  void aFileOfStartsIsReplayedAndGoesOnWhereItWas() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("s.jsonl"),
            """
            {"orchestrationName":"o","flowId":"a","payload":{"n":1}}
            nonsense
            {"orchestrationName":"o","flowId":"b","payload":{"n":2}}
            """);
    service.answer("POST /api/orchestrations/execute", 202, "{}");
    service.answer("POST /api/orchestrations/execute", 503, "{\"title\":\"not ready\"}");
    service.answer("POST /api/orchestrations/execute", 202, "{}");

    CommandResult stopped =
        service.run("replay", "-f", file.toString(), "--same-ids", "--per-second=1000");
    assertThat(stopped.code()).isEqualTo(3);
    assertThat(stopped.err()).contains("Lines replayed before that: 2. Repeat the command");
    CommandResult gone =
        service.run("replay", "-f", file.toString(), "--same-ids", "--per-second=1000");

    assertThat(gone.code()).isEqualTo(1);
    assertThat(gone.out().strip()).isEqualTo("2 lines replayed, 1 refused.");
    assertThat(gone.err()).contains("Continuing after line 2", "s.jsonl.refused");
    assertThat(Files.readString(directory.resolve("s.jsonl.refused"))).contains("\"line\":2");
    assertThat(service.asked())
        .extracting(FakeService.ReceivedRequest::body)
        .containsExactly(
            "{\"orchestrationName\":\"o\",\"flowId\":\"a\",\"payload\":{\"n\":1}}",
            "{\"orchestrationName\":\"o\",\"flowId\":\"b\",\"payload\":{\"n\":2}}",
            "{\"orchestrationName\":\"o\",\"flowId\":\"b\",\"payload\":{\"n\":2}}");
  }

  @Test
  void aKeyThatIsRevokedMeanwhileRefusesNoLine() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("s.jsonl"),
            "{\"orchestrationName\":\"o\"}\n{\"orchestrationName\":\"p\"}\n");
    service.answer("POST /api/orchestrations/execute", 404, "{\"status\":404,\"title\":\"no o\"}");
    service.answer(
        "POST /api/orchestrations/execute", 401, "{\"status\":401,\"title\":\"no key\"}");
    CommandResult ran = service.run("replay", "-f", file.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no key", "Lines replayed before that: 1");
    assertThat(Files.readAllLines(directory.resolve("s.jsonl.refused")))
        .singleElement()
        .asString()
        .contains("no o");
    assertThat(Files.readString(directory.resolve("s.jsonl.replayed"))).contains(" 1 1 ");
    Files.writeString(file, "{\"orchestrationName\":\"other\"}\n");
    assertThat(service.run("replay", "-f", file.toString()).err())
        .contains("belongs to other content", "Delete it to start over");
  }

  @Test
  void aLineThatIsSentTwiceHasTheSameId() throws IOException {
    Path file = Files.writeString(directory.resolve("s.jsonl"), "{\"orchestrationName\":\"o\"}\n");
    service.answer("POST /api/orchestrations/execute", 503, "{\"title\":\"not ready\"}");
    service.answer("POST /api/orchestrations/execute", 202, "{}");
    assertThat(service.run("replay", "-f", file.toString()).code()).isEqualTo(3);
    assertThat(service.run("replay", "-f", file.toString()).code()).isZero();
    assertThat(service.asked().get(0).body()).isEqualTo(service.asked().get(1).body());
    assertThat(service.run("replay").err()).contains("Say what to replay");
  }

  @Test
  void aMistypedWordIsAnsweredWithAShortHint() {
    CommandResult option = FakeService.runPlain("flows", "--statsu", "PARKED");
    assertThat(option.code()).isEqualTo(2);
    assertThat(option.err())
        .contains("Unknown option", "--status", "See its options with: doundo flows --help");
    assertThat(option.err().lines().count()).as("no wall of options").isLessThan(8);
    CommandResult command = FakeService.runPlain("flwos");
    assertThat(command.err()).contains("Did you mean", "flows");
  }

  @Test
  void theCompletionScriptKnowsCommandsAndAsksTheCache() {
    CommandResult bash = FakeService.runPlain("completion", "bash");
    assertThat(bash.out())
        .contains(
            "_complete_doundo", "_doundo_live", "dead-letters", "--fingerprint", "__complete");
    assertThat(FakeService.runPlain("completion", "zsh").out()).startsWith("autoload");
    assertThat(FakeService.runPlain("completion", "tcsh").code()).isEqualTo(2);
  }

  @Test
  void bashCompletesFlowsThatWereShownLast() throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("complete.sh"), FakeService.runPlain("completion", "bash").out());
    Path caches = directory.resolve("cache");
    Path cache = Files.createDirectories(caches.resolve("doundo"));
    Files.writeString(cache.resolve("flows"), "ord-17\nord-18\ninv-1\n");
    Files.writeString(cache.resolve("refreshed"), "");
    ProcessBuilder bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source %s; COMP_WORDS=(doundo show ord); COMP_CWORD=2; _doundo_live; echo ${COMPREPLY[*]}"
                    .formatted(script))
            .redirectErrorStream(true);
    bash.environment().put("XDG_CACHE_HOME", caches.toString());
    Process process = bash.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed.strip()).isEqualTo("ord-17 ord-18");
  }

  @Test
  void fishCompletesCommandsOptionsAndFlowsThatWereShownLast() throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("complete.fish"), FakeService.runPlain("completion", "fish").out());
    assertThat(script).content().contains("__doundo_values flows", "-l 'fingerprint' -x");
    boolean hasFish =
        Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "fish")));
    if (!hasFish) {
      return;
    }
    Path caches = directory.resolve("cache");
    Path cache = Files.createDirectories(caches.resolve("doundo"));
    Files.writeString(cache.resolve("flows"), "ord-17\nord-18\ninv-1\n");
    Files.writeString(cache.resolve("refreshed"), "");
    ProcessBuilder fish =
        new ProcessBuilder(
                "fish",
                "--no-config",
                "-c",
                ("source %s; complete -C 'doundo show ord'; complete -C 'doundo dead-letters res';"
                        + " complete -C 'doundo flows --outp'; complete -C 'doundo flows --output j'")
                    .formatted(script))
            .redirectErrorStream(true);
    fish.environment().put("XDG_CACHE_HOME", caches.toString());
    fish.environment().put("HOME", directory.toString());
    Process process = fish.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed.lines().map(line -> line.split("\t", -1)[0]))
        .containsExactly("ord-17", "ord-18", "resend", "--output", "json", "jsonl");
  }

  @Test
  void awayFromATerminalAWatchPrintsWhatHasChanged() throws Exception {
    String page = FLOWS.formatted("null");
    service.answer("GET /api/flows?limit=50", 200, page);
    service.answer("GET /api/flows?limit=50", 200, page);
    service.answer("GET /api/flows?limit=50", 200, page.replace("f-1", "f-2"));
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    Thread watch =
        new Thread(() -> result.complete(service.run("flows", "--watch=5ms", "-o", "name")));
    watch.start();
    await().atMost(PATIENCE).until(() -> service.asked().size() > 4);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              // The HTTP client may swallow one.
              watch.interrupt();
              return result.isDone();
            });
    assertThat(result.join().out().lines()).containsExactly("f-1", "f-2");
    assertThat(service.run("flows", "--watch", "--all").err()).contains("exclude each other");
  }
}
