package io.doundo.orchestrator.app;

import static io.doundo.orchestrator.app.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** A page never shows as true what may not be, and sends nothing then. */
abstract class ConsoleHonesty extends ConsoleScenarios {

  ConsoleHonesty(RunningConsole console) {
    super(console);
  }

  @Test
  void aLostConnectionIsShownAndNothingIsSent() {
    go("flows/parked-1");
    browser.awaitText("Waits for you");
    browser.online(false);
    browser.awaitText("Connection lost");
    browser.awaitTrue("document.querySelector('main.stale')");
    browser.press("r");
    browser.awaitText("Nothing is sent until it is back");
    assertThat(browser.is("document.querySelector('dialog .primary').disabled")).isTrue();
    browser.press("Escape");
    browser.online(true);
    browser.awaitText("Live,");
    assertThat(browser.is("document.querySelector('main.stale')")).isFalse();
  }

  @Test
  void aStoppedBrokerIsShownAndTheVerbsWaitForIt() {
    go("flows/parked-1");
    browser.awaitText("Waits for you");
    browser.run("window.same = true");
    console.broker.stop();
    try {
      browser.awaitTrue("document.querySelector('#fresh.lost')");
      assertThat(browser.run("return document.getElementById('fresh').innerText").stringValue())
          .contains("The orchestrator", "This is what was true at");
      assertThat(browser.is("document.querySelector('main.stale')")).isTrue();
      browser.press("r");
      browser.awaitText("Nothing is sent until it is back");
      assertThat(browser.is("document.querySelector('dialog .primary').disabled")).isTrue();
      browser.press("Escape");
    } finally {
      console.broker.startAgain();
    }
    browser.awaitText("Live,", PATIENCE);
    assertThat(browser.is("document.querySelector('main.stale')")).isFalse();
    assertThat(browser.is("window.same")).as("without a reload").isTrue();
    await().atMost(PATIENCE).until(console::isReady);
    assertThat(rest.get("/api/flows/parked-1").json().get("status").stringValue())
        .as("nothing was sent")
        .isEqualTo("PARKED");
    onlyComplaintsAbout("503");
  }
}
