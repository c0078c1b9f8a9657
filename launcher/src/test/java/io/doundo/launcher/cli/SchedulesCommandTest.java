package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The command about schedules, against prepared answers. */
class SchedulesCommandTest {

  private static final String NIGHTLY =
      """
      {"orchestration":"report","trigger":"nightly","state":"PAUSED","times":"0 3 * * *",
       "overlap":"SKIP","catchUp":"LAST","within":"1 h","paused":{"by":"ada","reason":"audit"},
       "next":[{"at":"2027-05-05T03:00:00Z","local":"05:00"}],
       "running":[{"flowId":"report-1","progress":"2 of 3"}],
       "recent":[{"type":"STARTED","at":"2027-05-04T03:00:00Z","planned":"2027-05-04T03:00:00Z",
       "flowId":"report-1","reason":null,"by":null,"count":1}]}""";

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void oneIsShownWithItsRunsAndItsHistory() {
    service.answer("GET /api/schedules/report/nightly", 200, NIGHTLY);

    assertThat(service.run("schedules", "show", "report/nightly", "--utc").out())
        .contains("PAUSED by ada: audit", "last within 1 h", "(05:00)", "report-1  2 of 3");
  }

  @Test
  void anAnswerThatMayBeOldSaysOfWhenItIs() {
    service.answer(
        "GET /api/schedules/report/nightly",
        200,
        NIGHTLY.replaceFirst(
            "\\{", "{\"asOf\":\"2027-05-04T09:00:05Z\",\"lagMs\":9000,\"complete\":false,"));

    assertThat(service.run("schedules", "show", "report/nightly", "--utc").err())
        .contains("how it was at 2027-05-04 09:00:05");
  }

  @Test
  void oneIsPausedWithAReasonThatCountsOnce() {
    service.answer("POST /api/schedules/report/nightly/pause", 200, NIGHTLY);

    CommandResult ran =
        service.run("schedules", "pause", "report/nightly", "-r", "audit", "--control-id", "c-1");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("report/nightly: paused\n");
    assertThat(service.asked().get(0).body())
        .isEqualTo("{\"controlId\":\"c-1\",\"reason\":\"audit\"}");
  }

  @Test
  void aNameWithoutItsOrchestrationIsRefusedBeforeAnythingIsSent() {
    CommandResult ran = service.run("schedules", "trigger", "nightly");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("such as report/nightly");
    assertThat(service.asked()).isEmpty();
  }
}
