package io.doundo.orchestrator.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;

/** Which queries are refused before anything is done. */
class KnownParametersTest {

  static final class Sample {

    /**
     * Only its parameters are looked at; the returned text uses them, so that they are no waste.
     */
    String act(
        @RequestParam("flowId") String flowId,
        @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun) {
      return flowId + dryRun;
    }
  }

  private static boolean passes(String query) throws NoSuchMethodException {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/flow/undo");
    for (String parameter : query.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      request.addParameter(parts[0], parts.length == 1 ? "" : parts[1]);
    }
    return new KnownParameters()
        .preHandle(
            request,
            new MockHttpServletResponse(),
            new HandlerMethod(
                new Sample(), Sample.class.getDeclaredMethod("act", String.class, boolean.class)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flowId=f", "flowId=", "flowId=f&dryRun=true", "flowId=f&dryRun=false"})
  void aClearQueryPasses(String query) throws NoSuchMethodException {
    assertThat(passes(query)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dryRun",
        "dryRun=",
        "dryRun=yes",
        "dryRun=TRUE",
        "dryRun= true",
        "dryRun=true,false",
        "dryRun=false&dryRun=true",
        "dryRun=true&dryRun=true"
      })
  void aSwitchThatIsNotClearIsNeverTakenForOff(String query) {
    assertThatThrownBy(() -> passes(query))
        .isInstanceOf(ApiProblem.class)
        .hasMessageContaining("dryRun=true or dryRun=false")
        .extracting(problem -> ((ApiProblem) problem).getStatusCode().value())
        .isEqualTo(400);
  }

  @Test
  void anUnknownParameterIsRefused() {
    assertThatThrownBy(() -> passes("flowId=f&dryrun=true"))
        .isInstanceOf(ApiProblem.class)
        .hasMessageContaining("\"dryrun\" is unknown");
  }
}
