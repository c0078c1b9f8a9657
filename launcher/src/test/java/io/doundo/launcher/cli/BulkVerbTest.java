package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.launcher.cli.FakeService.ReceivedRequest;
import io.doundo.protocol.json.Json;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A verb with filters in place of a flow, and the commands about the job that it makes. */
class BulkVerbTest {

  private static final String JOB =
      """
      {"jobId":"j-1","state":"%s","verb":"RETRY","step":"reserve","reason":"stock-db is back",
       "perSecond":20,"matched":41,"sent":%d,"accepted":%d,"refused":2,"changed":1,"left":3,
       "refusals":{"the flow has ended as UNDONE":2},
       "outcome":{"recovered":30,"trying":%d,"parkedAgain":%d},
       "preview":{"played":41,"byOutcome":{"UNDO reserve":39,"refused: the flow has ended as UNDONE":2},
         "perStepUndos":{"reserve":39},"leftStanding":{"validate":39},"irreversible":{},
         "unserved":{"reserve":39},"sample":[]}}""";

  @AutoClose private final FakeService service = new FakeService();

  @BeforeEach
  void prepareAnswers() {
    service.answer("POST /api/jobs", 201, JOB.formatted("DRAFT", 0, 0, 0, 0));
    service.answer("POST /api/jobs/j-1/start", 200, JOB.formatted("RUNNING", 0, 0, 0, 0));
    service.answer("POST /api/jobs/j-1/pause", 200, JOB.formatted("PAUSED", 9, 9, 0, 0));
    service.answer("PATCH /api/jobs/j-1", 200, JOB.formatted("RUNNING", 9, 9, 0, 0));
  }

  private String sent(int index) {
    return service.asked().get(index).body();
  }

  @Test
  void thePreviewIsShownAndNothingIsStartedWithoutYes() {
    CommandResult ran =
        service.runAnswering(
            "", "retry", "--status", "parked", "--step", "reserve", "--reason", "stock-db is back");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(
            "retry step reserve of 41 flows, 20 a second: stock-db is back",
            "39  UNDO reserve",
            "2  refused: the flow has ended as UNDONE",
            "undone: reserve (39)",
            "left standing: validate (39)",
            "served by nobody: reserve (39)",
            "retry 41 flows? [y/N]",
            "Nothing was sent; the draft j-1 expires.");
    assertThat(service.asked())
        .extracting(ReceivedRequest::request)
        .containsExactly("POST /api/jobs");
    assertThat(Json.MAPPER.readTree(sent(0)))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"verb":"RETRY","step":"reserve","reason":"stock-db is back",
                 "filter":"status=PARKED&step=reserve"}"""));
  }

  @Test
  void afterAYesItIsStartedAndTheNextCommandIsNamed() {
    CommandResult ran =
        service.runAnswering(
            "y", "retry", "--status", "PARKED", "-r", "back", "--per-second", "5", "--first");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("j-1: RUNNING, 0 of 41 sent");
    assertThat(ran.err()).contains("jobs watch j-1");
    assertThat(sent(0)).contains("\"perSecond\":5");
    assertThat(sent(1)).isEqualTo("{\"first\":true}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"undo", "cancel", "abandon", "skip"})
  void forWhatCannotBeTakenBackTheNumberIsTyped(String verb) {
    String[] command = {verb, "--status", "PARKED", "--step", "reserve", "-r", "wrong"};
    CommandResult hasty = service.runAnswering("y", command);
    assertThat(hasty.code()).isEqualTo(1);
    assertThat(hasty.err()).contains("To " + verb + " 41 flows, type their number:");

    CommandResult certain = service.runAnswering("41", command);
    assertThat(certain.code()).as(certain.err()).isZero();
  }

  @Test
  void aScriptSaysThatItMeansIt() {
    CommandResult ran = service.run("retry", "--status", "PARKED", "-r", "back");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("add --yes", "jobs start j-1");

    assertThat(service.run("retry", "--status", "PARKED", "-r", "back", "--yes").code()).isZero();
  }

  @Test
  void forWhatCannotBeTakenBackAScriptSaysTheNumber() {
    String[] command = {"undo", "--status", "PARKED", "-r", "wrong", "--yes"};
    CommandResult ran = service.run(command);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("add --expect 41. Nothing was sent.");

    CommandResult other =
        service.run("retry", "--status", "PARKED", "-r", "x", "--yes", "--expect", "40");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("41 flows match, but --expect says 40");
    assertThat(service.asked()).extracting(ReceivedRequest::request).containsOnly("POST /api/jobs");
  }

  @Test
  void aDryRunOnlyShowsThePreview() {
    CommandResult ran = service.run("retry", "--status", "PARKED", "-r", "back", "--dry-run");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("39  UNDO reserve", "Nothing was sent.");
    assertThat(sent(0)).contains("\"dryRun\":true");
  }

  @Test
  void theFlowsOfABadVersionAreNamedByStepVersionAndTime() {
    CommandResult ran =
        service.run(
            "undo",
            "--worker-version",
            "2.3.1",
            "--step",
            "assignRoles",
            "--ran-from",
            "2026-11-29T02:00:00Z",
            "--ran-to",
            "2026-11-29T03:00:00Z",
            "-r",
            "bad release",
            "--yes",
            "--expect",
            "41");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(Json.MAPPER.readTree(sent(0)))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"verb":"UNDO","reason":"bad release",
                 "ranOn":{"step":"assignRoles","workerVersion":"2.3.1",
                          "from":"2026-11-29T02:00:00Z","to":"2026-11-29T03:00:00Z"}}"""));
    assertThat(service.run("undo", "--worker-version", "2.3.1", "-r", "x").err())
        .contains("--worker-version needs --step and --ran-from");
  }

  @Test
  void severalIdsMakeAJobOfExactlyTheseFlows() {
    CommandResult ran =
        service.run(
            "skip",
            "--step",
            "charge",
            "-r",
            "paid by hand",
            "--per-second",
            "5",
            "--yes",
            "--expect",
            "41",
            "f-1",
            "$(touch owned)",
            "f 3");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(Json.MAPPER.readTree(sent(0)))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"verb":"SKIP","step":"charge","reason":"paid by hand","perSecond":5,
                 "flowIds":["f-1","$(touch owned)","f 3"]}"""));
  }

  @Test
  void theStepOfTheVerbNeedNotBeTheOneOfTheFilter() {
    service.run(
        "skip", "--filter", "status=PARKED", "--verb-step", "charge", "-r", "x", "--dry-run");
    assertThat(Json.MAPPER.readTree(sent(0)))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"verb":"SKIP","step":"charge","reason":"x","dryRun":true,"filter":"status=PARKED"}"""));
  }

  @Test
  void whatMakesNoSenseIsAUsageError() {
    assertThat(service.run("retry").err()).contains("needs the id of a flow, or a filter");
    assertThat(service.run("skip", "", "--step", "charge", "--reason", "x", "--yes").err())
        .contains("The id of a flow is empty");
    assertThat(service.run("skip", "--step", "charge", "--reason", "x", "--yes").err())
        .contains("a filter for many beside --step");
    assertThat(service.run("retry", "--per-second", "5", "--reason", "x").err())
        .contains("a filter for many beside --step");
    assertThat(service.run("retry", "f", "--status", "PARKED").err())
        .contains("also filters for many flows");
    assertThat(service.run("retry", "--status", "PARKED").err()).contains("add --reason");
    assertThat(service.run("retry", "f", "g").err()).contains("add --reason");
    assertThat(service.run("retry", "f", "", "-r", "x").err()).contains("id of a flow is empty");
    assertThat(service.run("retry", "f", "g", "--status", "PARKED", "-r", "x").err())
        .contains("retry names 2 flows, and also filters for many flows");
    assertThat(service.run("retry", "f", "g", "--ran-from", "-1h", "-r", "x").err())
        .contains("retry names 2 flows, and also filters for many flows");
    assertThat(service.run("retry", "f", "--verb-step", "charge").err())
        .contains("also filters for many flows");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void aJobIsShownListedAndControlled() {
    service.answer("GET /api/jobs/j-1", 200, JOB.formatted("DONE", 41, 35, 0, 5));
    service.answer(
        "GET /api/jobs?limit=50",
        200,
        "{\"jobs\":[" + JOB.formatted("DONE", 41, 35, 0, 5) + "],\"owner\":\"a\"}");
    service.answer(
        "GET /api/jobs/j-1/items?outcome=REFUSED&limit=100",
        200,
        "{\"items\":[{\"flowId\":\"f\",\"transition\":3,\"result\":\"REFUSED\",\"reason\":\"no\"}]}");

    assertThat(service.run("jobs").out()).contains("j-1", "DONE", "stock-db is back");
    assertThat(service.run("jobs", "show", "j-1").out())
        .contains("2 refused: the flow has ended as UNDONE", "30 recovered, 0 still trying");
    assertThat(service.run("jobs", "items", "j-1", "--outcome", "refused").out())
        .contains("f", "REFUSED", "no");
    assertThat(service.run("jobs", "pause", "j-1").out()).contains("PAUSED, 9 of 41 sent");
    assertThat(service.run("jobs", "rate", "j-1", "50").code()).isZero();
    assertThat(sent(service.asked().size() - 1)).isEqualTo("{\"perSecond\":50}");
    CommandResult watched = service.run("jobs", "watch", "j-1");
    assertThat(watched.code()).as("five are parked again").isEqualTo(6);
    assertThat(watched.out().lines()).hasSize(1);
  }

  @Test
  void whoHasPausedItAndWhyIsTold() {
    service.answer(
        "GET /api/jobs/j-1",
        200,
        JOB.formatted("PAUSED", 9, 9, 0, 0)
            .replace(
                "\"perSecond\"",
                "\"halted\":{\"by\":\"kim\",\"at\":\"2026-01-31T12:00:00Z\",\"reason\":\"it is down\"},\"perSecond\""));

    assertThat(service.run("jobs", "show", "j-1", "--utc").out())
        .contains("PAUSED by kim at 2026-01-31 12:00:00.000Z: it is down");
    service.run("jobs", "pause", "j-1", "--reason", "it is down");
    assertThat(sent(service.asked().size() - 1)).isEqualTo("{\"reason\":\"it is down\"}");
    assertThat(service.run("jobs", "pause", "j-1").code()).isZero();
    assertThat(sent(service.asked().size() - 1)).isEqualTo("{}");
  }

  @Test
  void aJobThatMayHaveGoneOnSaysOfWhenItIsShown() {
    service.answer(
        "GET /api/jobs/j-1",
        200,
        JOB.formatted("RUNNING", 9, 9, 0, 0)
            .replace(
                "\"perSecond\"",
                "\"asOf\":\"2026-01-31T12:00:05Z\",\"lagMs\":9000,\"complete\":false,\"perSecond\""));

    assertThat(service.run("jobs", "show", "j-1", "--utc").err())
        .contains("how it was at 2026-01-31 12:00:05");
  }

  @Test
  void aJobThatAbandonsSaysThatItDid() {
    service.answer(
        "GET /api/jobs/j-1",
        200,
        JOB.formatted("DONE", 41, 41, 0, 0).replace("\"trying\"", "\"abandoned\":41,\"trying\""));

    assertThat(service.run("jobs", "show", "j-1").out()).contains("0 parked again, 41 abandoned");
  }

  @Test
  void watchingOutlastsAnInstanceThatRestarts() {
    service.answer("GET /api/jobs/j-1", 200, JOB.formatted("RUNNING", 9, 9, 9, 0));
    service.answer(
        "GET /api/jobs/j-1", 503, "application/problem+json", "{\"detail\":\"not ready\"}");
    service.answer("GET /api/jobs/j-1", 200, JOB.formatted("DONE", 41, 38, 0, 0));

    CommandResult ran = service.run("jobs", "watch", "j-1");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines()).hasSize(2);
    assertThat(ran.err()).contains("waiting for it");
  }
}
