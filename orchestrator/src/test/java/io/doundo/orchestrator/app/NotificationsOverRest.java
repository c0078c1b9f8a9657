package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.WebhookReceiver;
import io.doundo.orchestrator.testing.WebhookReceiver.Webhook;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A receiver is told of a flow, and what the API says about that. */
abstract class NotificationsOverRest extends ServiceScenarios {

  private final WebhookReceiver receiver;

  NotificationsOverRest(RunningService service) {
    super(service);
    receiver = service.webhooks();
  }

  @Test
  void aFlowThatParksWhileTheReceiverIsDownIsToldOnceItIsBackAndAgainOnRequest() {
    worker.silence("notifiedStep");
    Reply registered =
        rest.post(
            "/api/orchestrations",
            """
            orchestrationName: notified
            vocabulary: 2
            notify:
              - on: [PARKED]
                connection: ops
                url: /flows
                body: { flow: "{{ event.flowId }}", why: "{{ event.reason }}" }
            steps:
              - { name: notifiedStep, timeout: 300ms, onTimeout: escalate }
            """,
            "Content-Type",
            YAML);
    assertThat(registered.json().at("/registrations/0/status").asString(""))
        .as(registered.http().body())
        .isEqualTo("SUCCESS");
    receiver.setDown(true);

    rest.post("/api/orchestrations/execute", start("notified", ", \"flowId\": \"notified-1\""));
    await().atMost(PATIENCE).until(() -> receiver.refused().contains("down"));
    // The list reads what the notifier wrote, a moment later.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode pending = rest.get("/api/notifications?receiver=notified/ops").json();
              assertThat(pending.at("/notifications/0/state").asString("")).isEqualTo("PENDING");
              assertThat(pending.path("receivers").toString()).contains("notified/ops");
            });
    receiver.setDown(false);

    await().atMost(PATIENCE).until(() -> sent().size() == 1);
    Webhook webhook = sent().get(0);
    assertThat(webhook.path()).isEqualTo("/flows");
    assertThat(webhook.body().path("why").asString("")).contains("ESCALATED");
    String path = "/api/notifications/" + webhook.id();
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get(path).json().path("state").asString("").equals("DELIVERED"));
    JsonNode shown = rest.get(path).json();
    assertHasAge(shown);
    assertThat(shown.path("body").path("flow").asString("")).isEqualTo("notified-1");
    assertThat(shown.toString()).contains("503").doesNotContain(WebhookReceiver.SECRET);

    assertThat(rest.post(path + "/resend", "").status()).isEqualTo(202);
    await().atMost(PATIENCE).until(() -> sent().size() == 2);

    String from =
        "{\"from\":\"%s\",\"orchestration\":\"notified\",\"state\":\"DELIVERED\"}"
            .formatted(shown.path("at").asString(""));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Reply dry = rest.post("/api/notifications/resend?dryRun=true", from);
              assertThat(dry.status()).as(dry.http().body()).isEqualTo(200);
              assertThat(dry.json().path("notifications").asInt(0)).isEqualTo(1);
            });
    assertThat(rest.post("/api/notifications/resend", from).status()).isEqualTo(202);
    await().atMost(PATIENCE).until(() -> sent().size() == 3);
    assertThat(sent()).extracting(Webhook::id).containsOnly(webhook.id());

    assertThat(rest.get("/actuator/prometheus").http().body())
        .contains(
            "doundo_notify_made_total",
            "doundo_notify_attempts_seconds_count{outcome=\"failed\"",
            "doundo_notify_attempts_seconds_count{outcome=\"throttled\"",
            "doundo_notify_passed_over_total",
            "doundo_notify_behind_seconds");
    rest.post("/api/flows/notified-1/abandon", "{\"reason\":\"the test is over\"}");
  }

  private List<Webhook> sent() {
    return receiver.received().stream()
        .filter(webhook -> webhook.body().path("flow").asString("").equals("notified-1"))
        .toList();
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get("/api/notifications").json().path("complete").asBoolean(false));
    JsonNode list = rest.get("/api/notifications").json();
    assertThat(list.at("/resends/waiting").isInt()).isTrue();
    assertThat(list.at("/resends/refused").isArray()).isTrue();
    assertThat(list.path("unreadable").intValue()).isZero();
    assertThat(rest.get("/api/notifications/ntf_unknown").status()).isEqualTo(404);
    assertThat(rest.post("/api/notifications/ntf_unknown/resend", "").status()).isEqualTo(404);
    assertThat(rest.get("/api/notifications?limit=0").status()).isEqualTo(400);
    assertThat(rest.get("/api/notifications?state=LOST").status()).isEqualTo(400);
    for (String body :
        List.of(
            "",
            "{}",
            "[]",
            "{\"from\":\"yesterday\"}",
            "{\"from\":\"2027-01-31T02:00:00Z\",\"x\":1}")) {
      assertThat(rest.post("/api/notifications/resend", body).status()).as(body).isEqualTo(400);
    }
  }
}
