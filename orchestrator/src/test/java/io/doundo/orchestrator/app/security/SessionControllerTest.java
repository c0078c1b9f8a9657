package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** Logging in and out of the console. */
class SessionControllerTest {

  private static final Instant NOW = Instant.parse("2026-11-29T23:00:00Z");
  private static final String KEY = "dok_of-the-test";

  private final KeyRing keys = KeyRingTest.ring(null, Keys.key("kim", KEY, Role.ADMIN));
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final Sessions sessions = new Sessions(keys, null);
  private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/session");
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @Test
  void overTlsTheCookieIsForThisHostAlone() {
    from("doundo.test", "https");
    SessionController.SessionView view =
        Objects.requireNonNull(controller(false).open(request, response).getBody());
    assertThat(view.principal()).isEqualTo("kim");
    assertThat(view.role()).isEqualTo(Role.ADMIN);
    assertThat(view.expiresAt()).isEqualTo("2026-11-30T07:00:00Z");
    assertThat(response.getHeader("Set-Cookie"))
        .startsWith("__Host-doundo=")
        .contains("Path=/", "Max-Age=28800", "Secure", "HttpOnly", "SameSite=Strict")
        .doesNotContain("Domain");
    String token = Objects.requireNonNull(response.getCookie("__Host-doundo")).getValue();
    assertThat(sessions.check(token, NOW)).map(Login::name).hasValue("kim");
    assertThat(token).doesNotContain(KEY);
  }

  @Test
  void aProxyThatEndsTlsIsRecognisedByTheOriginOfTheBrowser() {
    from("doundo.test", "http");
    request.removeHeader("Origin");
    request.addHeader("Origin", "https://doundo.test");
    controller(false).open(request, response);
    assertThat(response.getHeader("Set-Cookie")).startsWith("__Host-doundo=");
  }

  @Test
  void onThisMachinePlainHttpWillDo() {
    from("localhost", "http");
    controller(false).open(request, response);
    assertThat(response.getHeader("Set-Cookie"))
        .startsWith("doundo=")
        .contains("HttpOnly", "SameSite=Strict")
        .doesNotContain("Secure");
  }

  @Test
  void beyondItTheRefusalNamesBothWaysOut() {
    from("doundo.test", "http");
    assertThatThrownBy(() -> controller(false).open(request, response))
        .isInstanceOfSatisfying(
            ApiProblem.class, e -> assertThat(e.kind()).isEqualTo(ProblemKind.LOGIN_NEEDS_TLS))
        .hasMessageContaining("will not keep a login without TLS")
        .hasMessageContaining("doundo.console.plain-http=true");
    assertThat(response.getHeader("Set-Cookie")).isNull();
    controller(true).open(request, response);
    assertThat(response.getHeader("Set-Cookie")).startsWith("doundo=").doesNotContain("Secure");
    assertThat(Objects.requireNonNull(controller(true).show(request, null).getBody()).warning())
        .as("a banner")
        .contains("plain http");
  }

  @Test
  void aPageOfAnotherSiteCanNeitherLogInNorOut() {
    from("localhost", "http");
    request.removeHeader("Origin");
    request.addHeader("Origin", "http://evil.test");
    for (Runnable call :
        List.<Runnable>of(
            () -> controller(false).open(request, response),
            () -> controller(false).close(request, response))) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              ApiProblem.class, e -> assertThat(e.kind()).isEqualTo(ProblemKind.FOREIGN_ORIGIN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"key\": 1}", "{\"key\": \"a\", \"more\": 1}"})
  void aBodyWithoutAKeyIsRefused(String body) {
    from("localhost", "http");
    request.setContent(body.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> controller(false).open(request, response))
        .hasMessageContaining("The body must be");
  }

  @Test
  void tooManyFailuresAreToldToWait() {
    from("localhost", "http");
    SessionController controller = controller(false);
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertThatThrownBy(() -> guess(controller)).hasMessageContaining("is unknown");
    }
    assertThatThrownBy(() -> guess(controller))
        .isInstanceOfSatisfying(
            ApiProblem.class,
            e -> assertThat(e.getHeaders().getFirst("Retry-After")).isEqualTo("60"));
  }

  private void guess(SessionController controller) {
    request.setContent("{\"key\": \"guess\"}".getBytes(StandardCharsets.UTF_8));
    controller.open(request, response);
  }

  @Test
  void loggingOutRemovesTheCookie() {
    from("localhost", "http");
    controller(false).open(request, response);
    request.setCookies(response.getCookies());
    MockHttpServletResponse closed = new MockHttpServletResponse();
    controller(false).close(request, closed);
    assertThat(closed.getHeader("Set-Cookie")).startsWith("doundo=;").contains("Max-Age=0");
  }

  private void from(String host, String scheme) {
    request.setServerName(host);
    request.setScheme(scheme);
    request.setSecure(scheme.equals("https"));
    request.addHeader("Host", host);
    request.addHeader("Origin", scheme + "://" + host);
    request.addHeader("X-Doundo-Console", "1");
    request.setContent(("{\"key\": \"" + KEY + "\"}").getBytes(StandardCharsets.UTF_8));
  }

  private SessionController controller(boolean plainHttp) {
    DoundoProperties properties =
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of(
                        "doundo.api.keys[0].name", "kim",
                        "doundo.api.keys[0].role", "ADMIN",
                        "doundo.api.keys[0].sha256", Keys.sha256(KEY))))
            .bindOrCreate("doundo", DoundoProperties.class);
    return new SessionController(
        properties,
        new Logins(keys, sessions, new FailedLogins(), null, clock),
        sessions,
        new SessionCookie(plainHttp),
        clock);
  }
}
