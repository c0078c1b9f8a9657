package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.testing.WebhookReceiver.Webhook;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The notifications: who is still to be told and why, and sending one again. */
abstract class ConsoleNotifications extends ConsoleScenarios {

  ConsoleNotifications(RunningConsole console) {
    super(console);
  }

  private List<Webhook> told() {
    return console.receiver.received().stream()
        .filter(webhook -> webhook.body().path("flowId").asString("").equals("told-1"))
        .toList();
  }

  @Test
  void aReceiverThatWasDownIsToldAndOnceMoreOnRequest() {
    console.receiver.setDown(true);
    console.register(
        """
        orchestrationName: told
        vocabulary: 2
        notify:
          - {on: [COMPLETED], connection: ops, url: /hooks}
        steps:
          - {name: look, set: {seen: true}}
        """);
    console.begin("told", "told-1", "COMPLETED");
    go("notifications?receiver=told/ops");
    browser.awaitText("still to be told of");
    browser.awaitText("the receiver answered 503");

    console.receiver.setDown(false);
    click("completed");
    browser.awaitText("503: the receiver answered 503");
    browser.awaitText("delivered");
    String id = console.notification("told-1", "/id");
    press("details.commands summary");
    browser.awaitText("./doundo notifications resend " + id);

    click("Send again");
    browser.awaitText("Sent again 1 time, last asked");
    browser.awaitText("by kim");
    await().atMost(PATIENCE).until(() -> told().size() == 2);
    assertThat(told()).extracting(Webhook::id).containsOnly(id);

    go("notifications?state=DELIVERED&flowId=told-1");
    browser.awaitText("Only those of told-1.");
    click("Given up");
    browser.awaitText("There is no such notification.");
  }
}
