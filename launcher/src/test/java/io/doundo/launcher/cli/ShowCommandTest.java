package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code show} tells an operator about a flow that does not go on. */
class ShowCommandTest {

  private static final String DEAD_LETTERS = "GET /api/dead-letters?limit=100";

  @AutoClose private final FakeService service = new FakeService();

  @BeforeEach
  void prepareAnswers() {
    service
        .answer(
            "GET /api/flows/f",
            200,
            """
            {"flowId":"f","orchestrationName":"order","version":1,"status":"IN_PROGRESS",
             "startedAt":"2026-01-31T12:00:00Z","deadlineAt":"2036-01-31T12:00:00Z","steps":[
              {"seq":1,"name":"reserve","status":"IN_PROGRESS","attempts":2,
               "attemptDeadlineAt":"2026-01-31T12:05:00Z","errorMessage":"no connection"},
              {"seq":2,"name":"charge","status":"DO_FAIL","attempts":1,
               "nextAttemptAt":"2036-01-31T12:00:30Z"},
              {"seq":3,"name":"ship","status":"PENDING","attempts":0}]}""")
        .answer("GET /api/flows/f/timeline", 200, "{\"complete\":true,\"events\":[]}")
        .answer(
            "GET /api/orchestrations/order",
            200,
            "{\"name\":\"order\",\"unservedSteps\":[\"reserve\",\"ship\"]}")
        .answer(DEAD_LETTERS, 200, "{\"deadLetters\":[]}")
        .answer(
            "GET /api/flows/f/why",
            200,
            "{\"headline\":\"The DO of reserve was sent 4 min ago.\",\"facts\":[]}");
  }

  @Test
  void theDeadlineOfTheAttemptAndTheNextRetryAreNamed() {
    assertThat(service.run("show", "f").out().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "  1 +reserve .* times out at 2026-01-31 \\S+ \\(.* ago\\); no connection"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches("  2 +charge .* next attempt at 2036-01-31 \\S+ \\(in .*\\)"))
        .anySatisfy(line -> assertThat(line).matches("  deadline +2036-01-31 \\S+ \\(in .*\\)"));
  }

  @Test
  void aStepThatIsAwaitedAndThatNobodyServesIsNamed() {
    assertThat(service.run("show", "f").out())
        .contains("reserve: no worker has declared this step")
        .doesNotContain("ship: no service");
  }

  @Test
  void theReasonWhyTheFlowStandsStillIsNamed() {
    assertThat(service.run("show", "f").out()).contains("  The DO of reserve was sent 4 min ago.");
  }

  @Test
  void partsThatAreParkedOrPausedAreNamed() {
    service
        .forgetAnswers()
        .answer(
            "GET /api/flows/f",
            200,
            """
            {"flowId":"f","orchestrationName":"order","version":1,"status":"IN_PROGRESS",
             "startedAt":"2026-01-31T12:00:00Z","steps":[
              {"seq":1,"name":"items","status":"IN_PROGRESS","attempts":1,
               "parts":{"total":3,"begun":3,"left":0,"counts":{"RUNNING":3},"parked":1,"paused":1,
                "flows":[
                 {"flowId":"f~items~2","index":2,"place":"RUNNING","parked":true,"paused":false},
                 {"flowId":"f~items~1","index":1,"place":"RUNNING","parked":false,"paused":true},
                 {"flowId":"f~items~0","index":0,"place":"RUNNING","parked":false,"paused":false}
                ]}}]}""")
        .answer("GET /api/flows/f/timeline", 200, "{\"complete\":true,\"events\":[]}")
        .answer("GET /api/orchestrations/order", 200, "{\"name\":\"order\",\"unservedSteps\":[]}")
        .answer(DEAD_LETTERS, 200, "{\"deadLetters\":[]}")
        .answer("GET /api/flows/f/why", 200, "{\"headline\":\"items waits.\",\"facts\":[]}");

    assertThat(service.run("show", "f").out())
        .contains("items: 3 parts (3 running, 1 parked, 1 paused)")
        .contains(
            "    f~items~2  PARKED\n    f~items~1  RUNNING, paused\n    f~items~0  RUNNING\n");
  }

  @Test
  void deadLettersOfTheFlowAreNamedWithTheirReason() {
    service
        .forgetAnswers()
        .answer(
            "GET /api/flows/f",
            200,
            "{\"flowId\":\"f\",\"orchestrationName\":\"order\",\"status\":\"PARKED\"}")
        .answer("GET /api/flows/f/timeline", 200, "{\"complete\":true,\"events\":[]}")
        .answer(
            DEAD_LETTERS,
            200,
            """
            {"deadLetters":[
              {"topic":"orchestrator.response.result","partition":3,"offset":7,"key":"f",
               "reason":"attempt must be a whole number","timestamp":"2026-01-31T12:00:00Z","value":"x"},
              {"topic":"orchestrator.response.result","partition":3,"offset":9,"key":null,
               "reason":"by its body","timestamp":"2026-01-31T12:00:00Z",
               "value":"{\\"headers\\":{\\"flowId\\":\\"f\\"}}"},
              {"topic":"orchestrator.response.result","partition":4,"offset":8,"key":"g",
               "reason":"another flow's","timestamp":"2026-01-31T12:00:00Z","value":"{\\"flowId\\":\\"g\\"}"}]}""");

    assertThat(service.run("show", "f").out())
        .contains(
            "from orchestrator.response.result-3 @ 7: attempt must be a whole number",
            "from orchestrator.response.result-3 @ 9: by its body")
        .doesNotContain("another flow's");
  }

  @Test
  void oneStepIsShownWithItsCommandsAndTheirAnswers() {
    service.answer(
        "GET /api/flows/f/steps/pay",
        200,
        """
        {"flowId":"f","name":"pay","status":"RETRY_EXHAUSTED","complete":false,
         "input":{"amount":40,"note":"\u202E"},
         "attemptLog":[
           {"action":"DO","n":1,"sentAt":"2026-01-31T12:00:00Z","answeredAt":"2026-01-31T12:00:02Z",
            "pickedUpAt":"2026-01-31T12:00:01.500Z","handledMs":400,"outcome":"FAILED","followedBy":"RETRY_TRIGGERED","worker":"till","workerVersion":"2.3.1",
            "error":"HTTP 503"},
           {"action":"DO","n":2,"sentAt":"2026-01-31T12:00:05Z","answeredAt":null,"outcome":null,
            "followedBy":null,"worker":null,"workerVersion":null,"error":null}]}""");

    CommandResult ran = service.run("show", "f", "--step", "pay");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("pay of f: RETRY_EXHAUSTED")
        .containsPattern(
            "DO 1 .*2\\.0 s +400 ms +FAILED +RETRY_TRIGGERED +till +2\\.3\\.1 +HTTP 503")
        .containsPattern("DO 2 .*awaited")
        .contains("sent: {\"amount\":40")
        .doesNotContain("\u202E");
    assertThat(ran.err()).contains("Not all of its commands were found in the audit log.");
  }

  @Test
  void aFailedLookUpDoesNotKeepTheFlowFromBeingShown() {
    service
        .forgetAnswers()
        .answer(
            "GET /api/flows/f",
            200,
            "{\"flowId\":\"f\",\"orchestrationName\":\"order\",\"status\":\"PARKED\"}")
        .answer("GET /api/flows/f/timeline", 200, "{\"complete\":true,\"events\":[]}")
        .answer(DEAD_LETTERS, 403, "application/problem+json", "{\"title\":\"Not with this key\"}");

    service.answer(
        "GET /api/flows/f/why", 503, "application/problem+json", "{\"title\":\"Not yet\"}");

    CommandResult ran = service.run("show", "f");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains(
            "PARKED",
            "The reason why the flow waits cannot be looked up: Not yet",
            "The cause cannot be looked up: Not with this key");
  }

  @Test
  void aFlowThatIsNoLongerKeptIsLookedForInTheAuditLog() {
    service
        .answer(
            "GET /api/flows/old", 404, "{\"title\":\"Unknown flow\",\"detail\":\"No flow old\"}")
        .answer(
            "GET /api/flows/old/timeline?since=-30d",
            200,
            "{\"complete\":true,\"events\":[{\"transition\":1,\"type\":\"FLOW_STARTED\"}]}")
        .answer("GET /api/flows/old/timeline?since=-1h", 200, "{\"complete\":true,\"events\":[]}");

    CommandResult unknown = service.run("show", "old");
    assertThat(unknown.code()).isEqualTo(4);
    assertThat(unknown.err()).contains("show old --since=-30d");
    assertThat(service.run("show", "old", "--since=-30d").out()).contains("FLOW_STARTED");
    CommandResult nothing = service.run("show", "old", "--since=-1h");
    assertThat(nothing.code()).isEqualTo(4);
    assertThat(nothing.err()).contains("The audit log has nothing of old since -1h.");
  }
}
