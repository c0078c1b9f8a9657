package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.DoundoProperties.Payloads;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.DoundoProperties.Visibility;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;

class CallerFilterTest {

  private static final String KEY = "dok_of-the-test";

  private final KeyRing keys = KeyRingTest.ring(null, Keys.key("alice", KEY, Role.OPERATOR));
  private final Sessions sessions = new Sessions(keys, null);
  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/flows");
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @AfterEach
  void forget() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void aKeyComesInItsOwnHeaderOrAsABearerToken() throws Exception {
    request.addHeader("X-API-Key", KEY);
    assertThat(caller()).isEqualTo("alice");
    request.removeHeader("X-API-Key");
    SecurityContextHolder.clearContext();
    request.addHeader("Authorization", "bearer " + KEY);
    assertThat(caller()).isEqualTo("alice");
  }

  @Test
  void anUnknownKeyIsRefusedAndTheAnswerSaysHowToSendOne() throws Exception {
    request.addHeader("Authorization", "Bearer dok_unknown");
    assertThat(caller()).isEqualTo("nobody");
    assertThat(response.getStatus()).isEqualTo(401);
    assertThat(response.getHeader("WWW-Authenticate")).startsWith("Bearer");
    assertThat(response.getContentAsString()).contains("X-API-Key", "Authorization");
  }

  @Test
  void otherWaysToLogInAreNoKey() throws Exception {
    request.addHeader("Authorization", "Basic YTpi");
    assertThat(caller()).isEqualTo("nobody");
    assertThat(response.getStatus()).as("what comes behind the filter decides").isEqualTo(200);
  }

  @Test
  void aSessionReadsWithoutFurtherProof() throws Exception {
    request.setCookies(session("__Host-doundo"));
    assertThat(caller()).isEqualTo("alice");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "1, same-origin, -, 200",
        "1, -, https://doundo.test, 200",
        "1, -, -, 403",
        "-, same-origin, https://doundo.test, 403",
        "1, cross-site, https://doundo.test, 403",
        "1, same-site, https://doundo.test, 403",
        "1, none, -, 403",
        "1, -, https://evil.test, 403",
        "1, -, https://doundo.test.evil.test, 403",
        "1, -, null, 403",
        "yes, same-origin, https://doundo.test, 403",
      })
  void aChangeByCookieComesFromTheConsole(String console, String site, String origin, int status)
      throws Exception {
    request.setMethod("POST");
    request.addHeader("Host", "doundo.test");
    request.setCookies(session("__Host-doundo"));
    header("X-Doundo-Console", console);
    header("Sec-Fetch-Site", site);
    header("Origin", origin);
    assertThat(caller()).isEqualTo(status == 200 ? "alice" : "nobody");
    assertThat(response.getStatus()).isEqualTo(status);
  }

  @Test
  void aKeyInAHeaderNeedsNoSuchProofAndCountsBeforeTheCookie() throws Exception {
    request.setMethod("POST");
    request.setCookies(new Cookie("__Host-doundo", "nonsense"));
    request.addHeader("X-API-Key", KEY);
    assertThat(caller()).isEqualTo("alice");
  }

  @Test
  void aSessionThatHasEndedSaysSoAndStillLetsThePersonLogIn() throws Exception {
    request.setCookies(new Cookie("__Host-doundo", "nonsense"));
    assertThat(caller()).isEqualTo("nobody");
    assertThat(response.getStatus()).as("what comes behind the filter decides").isEqualTo(200);
    assertThat(String.valueOf(request.getAttribute(CallerFilter.SESSION_PROBLEM)))
        .contains("Log in again");
  }

  /** As when a stream says that its login has ended, or a start was waited for meanwhile. */
  @Test
  void aRequestThatWasWaitingKeepsItsCallerWhenItsLoginEnds() throws Exception {
    request.setCookies(session("__Host-doundo"));
    assertThat(caller()).isEqualTo("alice");
    SecurityContextHolder.clearContext();
    request.setCookies(new Cookie("__Host-doundo", "nonsense"));
    request.setDispatcherType(DispatcherType.ASYNC);
    assertThat(caller()).isEqualTo("alice");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, http, false, true",
    "127.0.0.1, http, false, true",
    "doundo.test, http, false, false",
    "doundo.test, http, true, true",
    "doundo.test, https, false, false",
  })
  void theNameForPlainHttpCountsOnlyWhereItMustDo(
      String host, String scheme, boolean plainHttp, boolean counts) throws Exception {
    request.setServerName(host);
    request.setScheme(scheme);
    request.setSecure(scheme.equals("https"));
    request.setCookies(session("doundo"));
    filter(plainHttp).doFilterInternal(request, response, new MockFilterChain());
    assertThat(name()).isEqualTo(counts ? "alice" : "nobody");
  }

  @Test
  void ofSeveralRolesTheOneThatShowsMoreCounts() {
    Payloads payloads = new Payloads(Visibility.HIDDEN, Visibility.ON_DEMAND, Visibility.SHOWN);
    assertThat(visibility(payloads, Role.VIEWER)).isEqualTo(Visibility.HIDDEN);
    assertThat(visibility(payloads, Role.OPERATOR)).isEqualTo(Visibility.ON_DEMAND);
    assertThat(visibility(payloads, Role.ADMIN)).isEqualTo(Visibility.SHOWN);
    assertThat(visibility(payloads, Role.VIEWER, Role.OPERATOR)).isEqualTo(Visibility.ON_DEMAND);
    assertThat(visibility(payloads, Role.TASKS))
        .as("of its own tasks, which is all that it reads")
        .isEqualTo(Visibility.SHOWN);
    assertThat(visibility(payloads, Role.TASKS, Role.VIEWER))
        .as("it reads everything")
        .isEqualTo(Visibility.HIDDEN);
  }

  private static Visibility visibility(Payloads payloads, Role... roles) {
    return CallerFilter.visibility(
        payloads, new Login("x", Set.of(roles), List.of(), Set.of(), null, null));
  }

  private Cookie session(String name) {
    Login login = Login.of(keys.find(KEY).orElseThrow());
    return new Cookie(name, sessions.open(login, Instant.now()).token());
  }

  private void header(String name, String value) {
    if (value != null) {
      request.addHeader(name, value);
    }
  }

  private String caller() throws ServletException, IOException {
    filter(false).doFilterInternal(request, response, new MockFilterChain());
    return name();
  }

  private static String name() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication == null ? "nobody" : Objects.requireNonNull(authentication.getName());
  }

  private CallerFilter filter(boolean plainHttp) {
    Clock clock = Clock.systemUTC();
    return new CallerFilter(
        true,
        new Logins(keys, sessions, new FailedLogins(), null, clock),
        new SessionCookie(plainHttp),
        new Payloads(Visibility.SHOWN, Visibility.SHOWN, Visibility.SHOWN),
        clock);
  }
}
