package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The commands about notifications, against prepared answers. */
class NotificationsCommandTest {

  private static final String ONE =
      """
      {"id":"ntf_1","receiver":"order/ops","type":"PARKED","flowId":"f-1","orchestration":"order",
       "transition":7,"at":"2027-05-04T03:00:00Z","state":"PENDING","attempts":3,
       "nextAttempt":"2027-05-04T03:01:00Z","givenUpAt":"2027-05-05T03:00:00Z",
       "lastError":"the receiver answered 503","connection":"ops","url":"/hooks",
       "recent":[{"at":"2027-05-04T03:00:09Z","status":503,"error":"the receiver answered 503","tookMs":12}],
       "resent":{"id":"r-1","by":"ada","at":"2027-05-04T03:00:05Z","count":2},
       "body":{"flowId":"f-1"}}""";

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void theListSaysWhoIsStillToBeTold() {
    service.answer(
        "GET /api/notifications?state=PENDING&receiver=order%2Fops",
        200,
        "{\"complete\":true,\"receivers\":[{\"receiver\":\"order/ops\",\"pending\":4,"
            + "\"oldest\":\"2027-05-04T03:00:00Z\"}],\"resends\":{\"waiting\":2,\"refused\":["
            + "{\"notification\":\"ntf_2\",\"by\":\"ada\",\"at\":\"2027-05-04T03:00:00Z\","
            + "\"reason\":\"its notification is not kept any more\"}]},"
            + "\"unreadable\":3,\"notifications\":["
            + ONE
            + "]}");

    CommandResult ran =
        service.run("notifications", "--state", "PENDING", "--receiver", "order/ops", "--utc");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("ntf_1", "PARKED", "f-1", "the receiver answered 503");
    assertThat(ran.err())
        .contains("order/ops is still to be told of 4 since 2027-05-04")
        .contains("ntf_2 was not sent again, as ada asked at 2027-05-04")
        .contains("its notification is not kept any more")
        .contains("2 requests to send again are not carried out yet")
        .contains("3 records are left out");
  }

  @Test
  void oneIsShownWithItsBodyAndItsAttempts() {
    service.answer("GET /api/notifications/ntf_1", 200, ONE);

    CommandResult ran = service.run("notifications", "show", "ntf_1");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("ops/hooks", "{\"flowId\":\"f-1\"}", "2 times", "by ada", "503", "12 ms");
  }

  @Test
  void oneOrASpanOfTimeIsSentAgain() {
    service.answer("POST /api/notifications/ntf_1/resend", 202, "{\"notifications\":1}");
    service.answer(
        "POST /api/notifications/resend?dryRun=true", 200, "{\"notifications\":17,\"left\":5}");

    assertThat(service.run("notifications", "resend", "ntf_1").out()).contains("1 are sent again.");
    CommandResult dry =
        service.run(
            "notifications",
            "resend",
            "--from",
            "2027-05-04T03:00:00Z",
            "--state",
            "GIVEN_UP",
            "--dry-run");
    assertThat(dry.out()).contains("17 would be sent again.");
    assertThat(dry.err()).contains("5 more match");
    assertThat(service.asked().get(1).body())
        .isEqualTo("{\"from\":\"2027-05-04T03:00:00Z\",\"state\":\"GIVEN_UP\"}");
  }

  @Test
  void whatCannotBeMeantIsRefusedBeforeAnythingIsSent() {
    assertThat(service.run("notifications", "resend").code()).isEqualTo(2);
    assertThat(service.run("notifications", "resend", "ntf_1", "--from", "x").code()).isEqualTo(2);
    assertThat(service.run("notifications", "resend", "ntf_1", "--dry-run").code()).isEqualTo(2);
    assertThat(service.run("notifications", "resend", "ntf_1", "--receiver", "x").code())
        .isEqualTo(2);
    assertThat(service.asked()).isEmpty();
  }
}
