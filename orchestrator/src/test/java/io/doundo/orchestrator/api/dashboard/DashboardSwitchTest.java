package io.doundo.orchestrator.api.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** Which requests for a shared path are answered as dashboards expect. */
class DashboardSwitchTest {

  @ParameterizedTest
  @CsvSource({
    "/api/orchestrations, /api/compat/orchestrations",
    "/api/orchestrations/trip, /api/compat/orchestrations/trip",
    "/api/orchestrations/trip/executions, /api/compat/orchestrations/trip/executions",
    "/api/orchestrations/trip/executions/a%2Fb, /api/compat/orchestrations/trip/executions/a%2Fb",
    "/api/orchestrations/trip/executions/f/timeline, /api/compat/orchestrations/trip/executions/f/timeline",
    "/api/audit/f, /api/compat/audit/f",
    "/api/audit/orchestration/trip, /api/compat/audit/orchestration/trip"
  })
  void aDashboardIsLedToItsAnswers(String asked, String answered) throws Exception {
    HttpServletRequest passed =
        pass(false, "GET", asked, "Accept", "text/html, " + DashboardSwitch.MEDIA_TYPE);
    assertThat(passed.getRequestURI()).isEqualTo(answered);
    assertThat(passed.getRequestURL()).hasToString("http://localhost" + answered);
    assertThat(passed.getServletPath()).isEqualTo(answered);
    assertThat(pass(false, "HEAD", asked, "Accept", DashboardSwitch.MEDIA_TYPE).getRequestURI())
        .isEqualTo(answered);
    assertThat(pass(true, "GET", asked, "Accept", "application/json").getRequestURI())
        .isEqualTo(answered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/orchestrations/trip/versions/1",
        "/api/orchestrations/trip/stats",
        "/api/orchestrations/trip/executions/f/events",
        "/api/flows",
        "/api/audit",
        "/api/compat/orchestrations",
        "/internal/api/orchestrations"
      })
  void whatDashboardsDoNotKnowStaysOurs(String asked) throws Exception {
    assertThat(pass(true, "GET", asked, "Accept", DashboardSwitch.MEDIA_TYPE).getRequestURI())
        .isEqualTo(asked);
  }

  @Test
  void onlyReadsOfDashboardsAreSwitched() throws Exception {
    String asked = "/api/orchestrations";
    assertThat(pass(false, "GET", asked, "Accept", "application/json").getRequestURI())
        .isEqualTo(asked);
    assertThat(pass(true, "POST", asked, "Accept", DashboardSwitch.MEDIA_TYPE).getRequestURI())
        .isEqualTo(asked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Doundo-Console", "X-Doundo-Client"})
  void ourOwnClientsGetOurAnswersInAnInstallationThatIsAllTheirs(String header) throws Exception {
    assertThat(pass(true, "GET", "/api/orchestrations", header, "1").getRequestURI())
        .isEqualTo("/api/orchestrations");
  }

  @Test
  void aContextPathStaysInFront() throws Exception {
    MockHttpServletRequest request = request("GET", "/saga/api/audit/f");
    request.setContextPath("/saga");
    request.setServletPath("/api/audit/f");
    HttpServletRequest passed = pass(true, request);
    assertThat(passed.getRequestURI()).isEqualTo("/saga/api/compat/audit/f");
    assertThat(passed.getServletPath()).isEqualTo("/api/compat/audit/f");
  }

  private static MockHttpServletRequest request(String method, String path) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    request.setServletPath(path);
    return request;
  }

  private static HttpServletRequest pass(
      boolean always, String method, String path, String header, String value)
      throws ServletException, IOException {
    MockHttpServletRequest request = request(method, path);
    request.addHeader(header, value);
    return pass(always, request);
  }

  private static HttpServletRequest pass(boolean always, MockHttpServletRequest request)
      throws ServletException, IOException {
    MockFilterChain chain = new MockFilterChain();
    new DashboardSwitch(always).doFilter(request, new MockHttpServletResponse(), chain);
    return (HttpServletRequest) Objects.requireNonNull(chain.getRequest());
  }
}
