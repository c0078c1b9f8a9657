package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.MANY;
import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** What an operator does: find, understand, repair. */
abstract class ConsoleRepair extends ConsoleScenarios {

  ConsoleRepair(RunningConsole console) {
    super(console);
  }

  @Test
  void aDeadLetterIsEditedUntilTheDecoderAcceptsItAndSentAgain() {
    go("dead-letters?topic=orchestrator.execution.start&reason=JSON");
    press("[data-letter]");
    press("[data-resend]");
    browser.awaitText("The record would become a dead letter again:");
    assertThat(browser.is("document.querySelector('.resend .primary').disabled")).isTrue();
    write(".resend textarea", "{\"orchestrationName\": \"payment\"}");
    browser.awaitText(
        "The record would be accepted and sent to orchestrator.execution.start, which needs");
    browser.awaitText("Write the reason");
    write(".resend input", "the name was missing");
    browser.awaitTrue("!document.querySelector('.resend .primary').disabled");
    browser.run("document.querySelector('.resend .primary').click()");
    browser.awaitText("Sent to orchestrator.execution.start, partition");
    await()
        .atMost(PATIENCE)
        .until(() -> rest.get("/api/flows?search=resent-").json().get("flows").size() == 1);
  }

  @Test
  void aParkedFlowIsFoundAndRetriedByKeyboardAlone() {
    browser.press("g", "f");
    browser.awaitTrue("document.querySelector('[data-row] [data-open]')");
    browser.press("/", "parked-2", "Enter");
    browser.awaitText("Waits for you");
    browser.press("r");
    browser.awaitTrue("document.querySelector('dialog[open]')");
    // The step that needs it is already selected; Tab moves to the payload and then to the reason.
    assertThat(browser.run("return document.querySelector('dialog select').value").stringValue())
        .isEqualTo("notify");
    browser.press("Tab", "Tab", "the mail server is back", "Enter");
    browser.awaitText("accepted and is committed");
    browser.awaitText("Has completed.");
    browser.press("Escape");
    browser.awaitTrue("location.pathname === '/flows'");
    assertThat(rest.get("/api/flows/parked-2").json().get("status").stringValue())
        .isEqualTo("COMPLETED");
    assertThat(rest.get("/api/flows/parked-2/timeline").http().body())
        .contains("the mail server is back");
  }

  @Test
  void whatTheFlowDoesNotAllowIsGreyedWithTheReasonAndAnUndoIsPlanned() {
    go("flows/parked-1");
    browser.awaitTrue("document.querySelector('[data-verb=undo][aria-disabled=true]')");
    browser.run("document.querySelector('[data-verb=undo]').click()");
    browser.awaitText("Undo is not possible now:");
    assertThat(browser.is("document.querySelector('dialog')")).isFalse();
    assertThat(browser.text()).contains("HTTP 503 from the mail server");

    go("flows/done-2");
    browser.awaitText("Has completed.");
    browser.press("u");
    browser.awaitText("Undo 2 steps");
    browser.run("document.querySelector('#panel .primary').click()");
    browser.awaitText("The flow would be UNDOING; sent: UNDO send");
    // An Enter that is still held from opening the dialog repeats itself, and sends nothing.
    browser.run(
        "document.querySelector('dialog input').dispatchEvent("
            + "new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true}))");
    browser.run("[...document.querySelectorAll('dialog [role=tab]')][1].click()");
    browser.awaitText("./doundo undo done-2");
    browser.press("Escape");
    browser.awaitTrue("!document.querySelector('dialog')");
    assertThat(rest.get("/api/flows/done-2").json().get("status").stringValue())
        .isEqualTo("COMPLETED");
  }

  @Test
  void aTaskIsFoundAssignedAndCompletedWithItsForm() {
    go("tasks");
    browser.awaitText("Approve the order");
    assertThat(browser.text()).contains("ann", "or directors", "asks-1");
    click("For me or my groups");
    browser.awaitText("No open task matches");
    browser.run("history.back()");
    browser.awaitText("asks-2");

    go("tasks?flowId=asks-2&step=approve");
    browser.awaitText("When it is completed, archive can begin");
    assertThat(browser.text())
        .contains("May be completed by ann, directors, and by operators")
        .contains("the flow is parked and waits for an operator")
        .contains("Approved? is missing.");
    click("Assign");
    type("to", "ben");
    click("Assign 1 task");
    browser.awaitText("approve is for ben");
    browser.awaitText("It is for ben");

    click("Complete");
    browser.run(
        "const choice = document.querySelector('select[name=approved]'); choice.value = 'true';"
            + " choice.dispatchEvent(new Event('change'))");
    type("amount", "101");
    browser.awaitText("amount must be at most 100.");
    clear("amount");
    type("amount", "12.50");
    type("lines", "[1, 2]");
    click("As a command");
    browser.awaitText(
        "./doundo task complete --payload"
            + " '{\"approved\":true,\"amount\":12.50,\"lines\":[1, 2]}' asks-2 approve");
    assertThat(browser.text()).contains("\"action\":\"SIGNAL\"", "/api/tasks/complete");
    click("Complete");
    click("Complete 1 task");
    browser.awaitTrue(
        "document.querySelector('textarea[name=lines]').parentElement.querySelector('.failure')");
    onlyComplaintsAbout("422");
    clear("lines");
    type("lines", "[1]");
    click("Complete 1 task");
    browser.awaitText("approve is completed");
    browser.awaitTrue("!document.querySelector('.task')");
    assertThat(rest.get("/api/flows/asks-2").http().body())
        .contains("\"amount\":12.50", "\"lines\":[1]");
    go("tasks?flowId=asks-2&step=approve");
    browser.awaitText("The task is not open: its step is");
  }

  /** What somebody does who has never seen the console, at three in the morning. */
  @Test
  void fromTheOverviewManyFlowsAreUnderstoodAndRepairedByKeyboardAlone() {
    browser.awaitText("Needs you");
    browser.awaitText("http 503 from the mail server of customer");
    browser.press("j", "Enter");
    browser.awaitText("tell DO failed");
    browser.awaitText(MANY + " flows wait for you");
    browser.screenshot(PICTURES.resolve("incident-1280-light.webp"));
    tabTo("[data-row] [data-open]");
    browser.press("Enter");
    browser.awaitText("Why");
    browser.awaitText("HTTP 503 from the mail server of customer 4711");
    browser.press("Escape");
    browser.awaitText(MANY + " flows wait for you");
    browser.press("r");
    browser.awaitTrue("document.querySelector('dialog[open]')");
    tabTo("dialog [name=reason]");
    browser.press("the mail server is back", "Enter");
    browser.awaitText("Retry " + MANY + " flows");
    browser.awaitText("DO tell: " + MANY);
    assertThat(rest.get("/api/flows/many-1").json().get("status").stringValue())
        .as("a preview sends nothing")
        .isEqualTo("PARKED");
    String job = browser.run("return location.pathname").stringValue();
    browser.screenshot(PICTURES.resolve("job-draft-1280-light.webp"));
    worker.mendStep("tell");
    tabTo("[data-verb=first]");
    browser.press("Enter");
    browser.awaitText("One flow was tried first");
    browser.awaitText("1 recovered");
    tabTo("[data-verb=resume]");
    browser.press("Enter");
    browser.awaitText(MANY + " recovered.");
    browser.press("g", "i");
    browser.awaitTrue("!document.querySelector('.loading')");
    browser.awaitText("nothing waits for you");
    browser.press("g", "j");
    browser.awaitText("the mail server is back");
    browser.press("j", "Enter");
    browser.awaitTrue("location.pathname === arguments[0]", job);
    browser.screenshot(PICTURES.resolve("job-done-1280-light.webp"));
    for (int i = 1; i <= MANY; i++) {
      assertThat(rest.get("/api/flows/many-" + i).json().get("status").stringValue())
          .isEqualTo("COMPLETED");
    }
  }

  @Test
  void rowsAreSelectedByKeyboardAndTwoOfThemCompared() {
    go("flows?orchestration=refund&sort=startedAt");
    browser.awaitText("many-1");
    browser.press("j", "x", "j", "j", "X");
    browser.awaitText("3 flows selected");
    browser.press("*");
    browser.awaitText(MANY + " flows selected");
    browser.press("x");
    browser.awaitTrue("!document.querySelector('.selected').innerText.includes('" + MANY + "')");
    browser.press("*", "*", "x", "k", "x");
    browser.awaitText("2 flows selected");
    tabTo(".selected a");
    browser.press("Enter");
    browser.awaitText("Both flows went the same way.");
    go("flows?status=PARKED&step=nowhere");
    browser.awaitText("No flow matches. Without Status, Step?");
  }
}
