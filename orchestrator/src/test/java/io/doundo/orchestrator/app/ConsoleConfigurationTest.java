package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which paths belong to the console. */
class ConsoleConfigurationTest {

  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/flows",
        "/flows/ord-17",
        "/flow",
        "/orchestrations/a",
        "/flows/a%2Fb;c",
        "/nowhere"
      })
  void aBrowserThatOpensAnAddressOfNobodyElseGetsThePage(String path) {
    assertThat(ConsoleConfiguration.isPage(path, BROWSER)).isTrue();
    assertThat(ConsoleConfiguration.isPage(path, "application/json")).isFalse();
    assertThat(ConsoleConfiguration.isPage(path, "*/*")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/flows",
        "/actuator/health",
        "/v3/api-docs",
        "/swagger-ui.html",
        "/swagger-ui/index.html",
        "/error",
        "/internal/flow",
        "/%61pi/flows",
        "/%2Fapi/flows",
        "/a%",
        "/api;v=1/flows",
        "/;v=1/api/flows",
        "/console/app.js"
      })
  void whatOthersAnswerStaysTheirs(String path) {
    assertThat(ConsoleConfiguration.isPage(path, BROWSER)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /flows/a, true",
    "HEAD, /flows/a, false",
    "POST, /flows/a, false",
    "GET, /console/app.js, true",
    "HEAD, /console/app.js, true",
    "POST, /console/app.js, false",
    "GET, /api/flows, false",
    "HEAD, /api/flows, false",
    "HEAD, /%61pi/flows, false",
    "HEAD, /%63onsole/app.js, false",
    "HEAD, /internal/flow, false",
  })
  void onlyWhatTheConsoleItselfAnswersIsOpen(String method, String path, boolean isOpen) {
    assertThat(ConsoleConfiguration.isConsole(method, path, BROWSER)).isEqualTo(isOpen);
  }

  @ParameterizedTest
  @CsvSource({"/, ./", "/flows, ./", "/flows/ord-17, ../", "/flows/, ../", "/a/b/c, ../../"})
  void thePageNamesTheRootFromWhereItStands(String path, String root) {
    assertThat(ConsoleConfiguration.root(path)).isEqualTo(root);
  }
}
