package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A page never shows as true what may not be, and sends nothing then. */
abstract class ConsoleHonesty extends ConsoleScenarios {

  /** How soon a page shows that what it shows may no longer be true. */
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
  void aBrokerThatIsAwayMakesThePageOldUntilItIsBack() {
    go("flows/parked-1");
    browser.awaitText("Waits for you");
    browser.run("window.notReloaded = true");
    console.broker.stop();
    browser.awaitText("The orchestrator is not ready", PATIENCE);
    browser.awaitTrue("document.querySelector('main.stale')");
    assertThat(browser.is("document.querySelector('#fresh.lost')")).as("the dot is grey").isTrue();
    browser.press("r");
    browser.awaitText("Nothing is sent until it is back");
    assertThat(browser.is("document.querySelector('dialog .primary').disabled")).isTrue();
    browser.press("Escape");
    console.broker.startAgain();
    browser.awaitText("Live,", PATIENCE);
    browser.awaitTrue(
        "document.querySelector('#fresh.live') && !document.querySelector('main.stale')");
    assertThat(browser.is("window.notReloaded")).isTrue();
    onlyComplaintsAbout("503");
    browser.press("r");
    browser.awaitTrue("!document.querySelector('dialog .primary').disabled");
    browser.press("Escape");
  }
}
