package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import jakarta.servlet.Filter;
import jakarta.servlet.http.Cookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/** Logins and tokens of a small real provider. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OidcLoginTest {

  private static final String KEY = "dok_a.b.c";
  private static final String AUDIENCE = "doundo-api";

  private final TestProvider provider = new TestProvider();
  private final AnnotationConfigWebApplicationContext context =
      new AnnotationConfigWebApplicationContext();

  @Configuration(proxyBeanMethods = false)
  @EnableWebSecurity
  @EnableConfigurationProperties({DoundoProperties.class, ServerProperties.class})
  @Import({SecurityConfiguration.class, OpenStreams.class})
  static class SecurityOnly {}

  @BeforeAll
  void start() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("server.address", "127.0.0.1");
    settings.put("doundo.api.oauth2.issuer", provider.issuer());
    settings.put("doundo.api.oauth2.audience", AUDIENCE);
    settings.put("doundo.api.oauth2.client-id", TestProvider.CLIENT);
    settings.put("doundo.api.oauth2.client-secret", "of the client");
    settings.put("doundo.api.oauth2.name-claim", "email");
    settings.put("doundo.api.oauth2.roles-claim", "realm_access.roles");
    settings.put("doundo.api.oauth2.groups-claim", "groups");
    settings.put("doundo.api.oauth2.roles.ops", "OPERATOR");
    settings.put("doundo.api.oauth2.roles.readers", "VIEWER");
    settings.put("doundo.api.keys[0].name", "shop");
    settings.put("doundo.api.keys[0].role", "ADMIN");
    settings.put("doundo.api.keys[0].sha256", Keys.sha256(KEY));
    context.setServletContext(new MockServletContext());
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
    context.register(SecurityOnly.class);
    context.refresh();
  }

  @AfterAll
  void stop() {
    context.close();
    provider.close();
  }

  @BeforeEach
  void kim() {
    provider.user = claims("ops");
    provider.nonce = "";
  }

  private static Map<String, Object> claims(String role) {
    return Map.of(
        "sub",
        "4711",
        "email",
        "kim@example.org",
        "realm_access",
        Map.of("roles", List.of("offline", role)),
        "groups",
        List.of("finance"));
  }

  @Test
  void aLoginAtTheProviderOpensASession() throws Exception {
    MockHttpServletResponse begun = get("/oauth2/authorization/doundo");
    assertThat(begun.getStatus()).isEqualTo(302);
    assertThat(begun.getRedirectedUrl())
        .startsWith(provider.issuer() + "/authorize")
        .contains("code_challenge_method=S256", "nonce=", "state=");
    assertThat(begun.getHeader("Set-Cookie"))
        .startsWith("doundo-login=")
        .contains("Max-Age=300", "HttpOnly", "SameSite=Lax");

    MockHttpServletResponse ended = get(atTheProvider(begun), begun.getCookies());
    assertThat(ended.getRedirectedUrl()).isEqualTo("/");
    List<String> cookies = ended.getHeaders("Set-Cookie");
    assertThat(cookies).anySatisfy(c -> assertThat(c).startsWith("doundo-login=;"));
    assertThat(cookies)
        .anySatisfy(
            c -> assertThat(c).startsWith("doundo=").contains("HttpOnly", "SameSite=Strict"));
    Login login =
        context
            .getBean(Sessions.class)
            .check(Objects.requireNonNull(ended.getCookie("doundo")).getValue(), Instant.now())
            .orElseThrow();
    assertThat(login.name()).isEqualTo("kim@example.org");
    assertThat(login.roles()).containsExactly(Role.OPERATOR);
    assertThat(login.groups()).containsExactly("finance");
    assertThat(get("/api/flows", ended.getCookies()).getStatus()).isEqualTo(200);
  }

  @Test
  void theAnswerCountsOnlyInTheBrowserThatBegan() throws Exception {
    MockHttpServletResponse begun = get("/oauth2/authorization/doundo");
    String callback = atTheProvider(begun);
    assertThat(get(callback).getRedirectedUrl()).isEqualTo("/?login=failed");
    MockHttpServletResponse other = get("/oauth2/authorization/doundo");
    assertThat(get(callback, other.getCookies()).getRedirectedUrl())
        .as("another login's state")
        .isEqualTo("/?login=failed");
    Cookie forged = new Cookie("doundo-login", "e30.e30");
    assertThat(get(callback, forged).getRedirectedUrl()).isEqualTo("/?login=failed");
    assertThat(get(callback, begun.getCookies()).getRedirectedUrl()).isEqualTo("/");
  }

  @Test
  void aTokenForAnotherLoginIsRefused() throws Exception {
    MockHttpServletResponse begun = get("/oauth2/authorization/doundo");
    provider.nonce = "of another login";
    MockHttpServletResponse ended = get(atTheProvider(begun), begun.getCookies());
    assertThat(ended.getRedirectedUrl()).isEqualTo("/?login=failed");
    assertThat(ended.getCookie("doundo")).isNull();
  }

  @Test
  void whoeverHasNoRoleGetsNoSession() throws Exception {
    provider.user = claims("cooks");
    MockHttpServletResponse begun = get("/oauth2/authorization/doundo");
    MockHttpServletResponse ended = get(atTheProvider(begun), begun.getCookies());
    assertThat(ended.getRedirectedUrl()).isEqualTo("/?login=no-role");
    assertThat(ended.getCookie("doundo")).isNull();
  }

  @Test
  void aLoginMustEndWithinFiveMinutes() {
    Instant now = Instant.parse("2026-11-29T23:00:00Z");
    SessionCookie cookie = new SessionCookie(false);
    OAuth2AuthorizationRequest begun =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri("https://provider/authorize")
            .clientId("c")
            .state("s")
            .attributes(attributes -> attributes.put("nonce", "n"))
            .build();
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setServerName("localhost");
    request.setParameter("state", "s");
    MockHttpServletResponse response = new MockHttpServletResponse();
    state(cookie, now).saveAuthorizationRequest(begun, request, response);
    request.setCookies(response.getCookies());
    OAuth2AuthorizationRequest read =
        state(cookie, now.plus(Duration.ofSeconds(299))).loadAuthorizationRequest(request);
    assertThat(Objects.requireNonNull(read).<String>getAttribute("nonce")).isEqualTo("n");
    assertThat(state(cookie, now.plus(Duration.ofMinutes(5))).loadAuthorizationRequest(request))
        .isNull();
  }

  private static LoginStateCookie state(SessionCookie cookie, Instant now) {
    return new LoginStateCookie("s".repeat(32), cookie, Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void aBearerTokenIsWorthWhatItsClaimsSay() throws Exception {
    Instant soon = Instant.now().plusSeconds(60);
    assertThat(bearer("GET", provider.token(AUDIENCE, soon, claims("readers")))).isEqualTo(200);
    assertThat(bearer("POST", provider.token(AUDIENCE, soon, claims("readers")))).isEqualTo(403);
    assertThat(bearer("POST", provider.token(AUDIENCE, soon, claims("ops")))).isEqualTo(200);
    assertThat(bearer("GET", KEY)).as("a key is no token").isEqualTo(200);
  }

  @Test
  void aTokenOfSomebodyElseForSomebodyElseOrOfYesterdayIsRefused() throws Exception {
    Instant soon = Instant.now().plusSeconds(60);
    RSAKey foreign = TestProvider.newKey();
    for (String token :
        List.of(
            provider.token("another-service", soon, claims("ops")),
            provider.token(AUDIENCE, Instant.now().minusSeconds(3600), claims("ops")),
            provider.token(foreign, AUDIENCE, soon, claims("ops")),
            provider.token(AUDIENCE, soon, claims("cooks")),
            provider.token(AUDIENCE, soon, Map.of("realm_access", Map.of("roles", "ops"))),
            provider.token(
                AUDIENCE, soon, Map.of("email", "a\nb", "realm_access", Map.of("roles", "ops"))),
            "a.b.c")) {
      assertThat(bearer("GET", token)).as(token).isEqualTo(401);
    }
  }

  @Test
  void behindAProxyTheFailuresOfOthersDoNotLockOutATokenThatWasUsedBefore() throws Exception {
    String proxy = "198.51.100.7";
    Instant soon = Instant.now().plusSeconds(60);
    String known = provider.token(AUDIENCE, soon, claims("readers"));
    assertThat(bearer("GET", known, proxy)).isEqualTo(200);
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertThat(bearer("GET", "a.b." + i, proxy)).isEqualTo(401);
    }

    assertThat(bearer("GET", known, proxy)).isEqualTo(200);
    String fresh = provider.token(AUDIENCE, soon.plusSeconds(1), claims("readers"));
    assertThat(bearer("GET", fresh, proxy)).as("nobody learns whether it counts").isEqualTo(429);
  }

  private int bearer(String method, String token) throws Exception {
    return bearer(method, token, "127.0.0.1");
  }

  private int bearer(String method, String token, String from) throws Exception {
    MockHttpServletRequest request =
        request(method, method.equals("GET") ? "/api/flows" : "/api/orchestrations/execute");
    request.setRemoteAddr(from);
    request.addHeader("Authorization", "Bearer " + token);
    return send(request).getStatus();
  }

  private static String atTheProvider(MockHttpServletResponse begun) throws Exception {
    HttpResponse<Void> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(Objects.requireNonNull(begun.getRedirectedUrl())))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
    String location = answer.headers().firstValue("Location").orElseThrow();
    assertThat(location).startsWith("http://localhost/login/oauth2/code/doundo?");
    return location.substring("http://localhost".length());
  }

  private MockHttpServletResponse get(String address, Cookie... cookies) throws Exception {
    MockHttpServletRequest request = request("GET", address);
    if (cookies.length > 0) {
      request.setCookies(cookies);
    }
    return send(request);
  }

  private static MockHttpServletRequest request(String method, String address) {
    URI uri = URI.create(address);
    MockHttpServletRequest request = new MockHttpServletRequest(method, uri.getPath());
    request.setServletPath(uri.getPath());
    request.setServerName("localhost");
    if (uri.getRawQuery() != null) {
      request.setQueryString(uri.getRawQuery());
      for (String parameter : uri.getRawQuery().split("&", -1)) {
        int equals = parameter.indexOf('=');
        request.setParameter(
            parameter.substring(0, equals),
            java.net.URLDecoder.decode(
                parameter.substring(equals + 1), java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return request;
  }

  private MockHttpServletResponse send(MockHttpServletRequest request) throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    context
        .getBean("springSecurityFilterChain", Filter.class)
        .doFilter(request, response, new MockFilterChain());
    return response;
  }
}
