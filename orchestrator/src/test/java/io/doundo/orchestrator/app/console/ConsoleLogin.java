package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.KEY;
import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Logging in and out: keys, a provider, and the ends of a session. */
abstract class ConsoleLogin extends ConsoleScenarios {

  private static final String LEE = "dok_lee";
  private static final String LEE_SHA256 =
      "9f5bba70a143655cc7d9876104d4290a96cdd54a4c92d2cd4e6ae0b5fcd6b5e8";
  private static final String KEYS_FILE = "keys: [{name: %s, role: VIEWER, sha256: %s}]\n";

  ConsoleLogin(RunningConsole console) {
    super(console);
  }

  @Test
  void theLoginStaysWhenThePageIsOpenedAgainAndEndsWithTheSignOut() {
    browser.open(base + "flows?status=PARKED");
    browser.awaitText("parked-1");
    assertThat(browser.text()).contains("kim (admin)").doesNotContain("done-1");
    logOut();
    assertThat(browser.complaints()).isEmpty();
    enter("wrong");
    browser.awaitText("is unknown");
    onlyComplaintsAbout("401");
    enter(KEY);
    browser.awaitText("parked-1");
  }

  @Test
  void aRevokedKeyEndsItsSession() throws IOException {
    Files.writeString(console.keysFile, KEYS_FILE.formatted("lee", LEE_SHA256));
    Rest lee = new Rest(URI.create(base).getPort(), "X-API-Key", LEE);
    // The file is read every 3 s, and 20 failures in a minute would lock this address out.
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(() -> lee.get("/api/me").status() == 200);
    logOut();
    enter(LEE);
    browser.awaitText("lee (viewer)");
    browser.awaitText("for you;");
    Files.writeString(console.keysFile, "keys: []");
    browser.awaitText("The session has ended");
    onlyComplaintsAbout("401");
    enter(KEY);
    browser.awaitText("kim (admin)");
  }

  @Test
  void aLoginAtTheProviderOpensASessionWithTheRoleThatItsClaimsGive() {
    logOut();
    console.provider.user = user("OPERATOR");
    logInAtTheProvider();
    browser.awaitText("kim@example.org (operator)");
    browser.awaitText("for you;");
    browser.open(base + "flows?status=PARKED");
    browser.awaitText("parked-1");
    logOut();
    onlyComplaintsAbout();

    console.provider.user = user("COOK");
    logInAtTheProvider();
    browser.awaitText("You are logged in at the provider, but have no role here.");
    assertThat(browser.is("document.getElementById('who')")).isFalse();
    enter(KEY);
    browser.awaitText("kim (admin)");
  }

  private static Map<String, Object> user(String role) {
    return Map.of("sub", "4711", "email", "kim@example.org", "roles", List.of(role));
  }

  /** The provider is another site, whose page the person leaves by a link. */
  private void logInAtTheProvider() {
    press("#oidc");
    browser.awaitText("Allow DoUndo to know you");
    assertThat(browser.run("return location.hostname").stringValue()).isEqualTo("provider.test");
    press("#allow");
  }

  @Test
  void theLoginIsAccessibleAndFitsOnAPhone() {
    logOut();
    assertAccessible("the login");
    assertFitsOnAPhone("the login");
    enter(KEY);
    browser.awaitText("kim (admin)");
  }

  @Test
  void overPlainHttpFromAnotherHostTheLoginIsRefusedWithTheWaysOut() {
    browser.open(base.replace("localhost", "doundo.test"));
    browser.awaitText("will not keep a login without TLS");
    enter(KEY);
    browser.awaitTrue("document.querySelector('form.key [role=alert]')");
    assertThat(browser.text()).contains("doundo.console.plain-http=true", "server.ssl");
    onlyComplaintsAbout("403");
  }
}
