package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are the console's. */
class ConsoleConfigurationTest {

  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

  @ParameterizedTest
  @ValueSource(strings = {"/", "/flows", "/flows/ord-17", "/flow", "/orchestrations/a", "/nowhere"})
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
        "/console/app.js"
      })
  void whatOthersAnswerStaysTheirs(String path) {
    assertThat(ConsoleConfiguration.isPage(path, BROWSER)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"/, ./", "/flows, ./", "/flows/ord-17, ../", "/flows/, ../", "/a/b/c, ../../"})
  void thePageNamesTheRootFromWhereItStands(String path, String root) {
    assertThat(ConsoleConfiguration.root(path)).isEqualTo(root);
  }
}
