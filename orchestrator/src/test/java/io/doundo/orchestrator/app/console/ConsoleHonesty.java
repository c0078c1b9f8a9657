package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

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
  void aBrokerThatIsAwayMakesThePageOldUntilItIsBack() {
    go("flows/parked-1");
    browser.awaitText("Waits for you");
    console.broker.stop();
    browser.awaitText("The orchestrator is not ready", PATIENCE);
    browser.awaitTrue("document.querySelector('main.stale')");
    browser.press("r");
    browser.awaitText("Nothing is sent until it is back");
    browser.press("Escape");
    console.broker.startAgain();
    browser.awaitText("Live,", PATIENCE);
    onlyComplaintsAbout("503");
    browser.press("r");
    browser.awaitTrue("!document.querySelector('dialog .primary').disabled");
    browser.press("Escape");
  }
}
