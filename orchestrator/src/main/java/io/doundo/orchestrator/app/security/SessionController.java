package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.protocol.json.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Logs people in and out of the console. Programs send their key with each request instead. */
@RestController
@Tag(name = "Session")
class SessionController {

  private final boolean asksForLogin;
  private final DoundoProperties.Payloads payloads;
  private final @Nullable String oidc;
  private final @Nullable String traceUrl;
  private final Logins logins;
  private final Sessions sessions;
  private final SessionCookie cookie;
  private final Clock clock;

  SessionController(
      DoundoProperties properties,
      Logins logins,
      Sessions sessions,
      SessionCookie cookie,
      Clock loginClock) {
    this.asksForLogin = properties.api().asksForLogin();
    this.payloads = properties.api().payloads();
    DoundoProperties.OAuth2 oauth2 = properties.api().oauth2();
    this.oidc = oauth2 == null || oauth2.clientId() == null ? null : OidcLogin.START;
    this.traceUrl = properties.console().traceUrl();
    this.logins = logins;
    this.sessions = sessions;
    this.cookie = cookie;
    this.clock = loginClock;
  }

  /**
   * An open session.
   *
   * @param payloads as in {@code /api/me}
   * @param traceUrl where the trace of a flow is shown, with {traceId} in the place of its id; null
   *     when that is not configured
   */
  record SessionView(
      String principal,
      Role role,
      @Nullable Instant expiresAt,
      String payloads,
      @Nullable String traceUrl) {}

  /**
   * How to log in here, and who is logged in.
   *
   * @param needed whether anybody needs to log in
   * @param session null without a valid session
   * @param ended why the browser's session does not count; null when it does or there is none
   * @param oidc where the login at the provider begins, relative to the root; null for none
   * @param warning what a person should know before typing a key here; null for nothing
   */
  record LoginView(
      boolean needed,
      @Nullable SessionView session,
      @Nullable String ended,
      @Nullable String oidc,
      @Nullable String warning) {}

  @Operation(summary = "Show how to log in and who is logged in", description = "Needs no login.")
  @GetMapping("/api/session")
  ResponseEntity<LoginView> show(
      HttpServletRequest request, @Nullable Authentication authentication) {
    Login login = Login.of(authentication);
    boolean exposed = asksForLogin && cookie.isExposed(request);
    LoginView view =
        new LoginView(
            asksForLogin,
            login == null ? null : view(login),
            login == null
                    && request.getAttribute(CallerFilter.SESSION_PROBLEM) instanceof String ended
                ? ended
                : null,
            oidc,
            !exposed ? null : cookie.isKept(request) ? EXPOSED : NEEDS_TLS);
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(view);
  }

  @Operation(
      summary = "Log in",
      description =
          "The body: {\"key\"}. Answers with a cookie that holds the session, for at most 8 hours,"
              + " and only while the key is valid and has its roles. Only the console logs in:"
              + " the request carries X-Doundo-Console: 1 and comes from the same origin. Beyond"
              + " localhost it needs TLS.")
  @PostMapping("/api/session")
  ResponseEntity<SessionView> open(HttpServletRequest request, HttpServletResponse response) {
    requireConsole(request);
    if (!asksForLogin) {
      throw new ApiProblem(
          ProblemKind.NO_LOGIN_NEEDED,
          "This server has no API keys: every request from this machine is an administrator's.");
    }
    if (!cookie.isKept(request)) {
      throw new ApiProblem(ProblemKind.LOGIN_NEEDS_TLS, NEEDS_TLS);
    }
    Logins.Result result = logins.check(key(request), request.getRemoteAddr());
    if (result.name() != null) {
      request.setAttribute(CallerFilter.PRINCIPAL, result.name());
    }
    if (result.login() == null) {
      throw refused(result);
    }
    Instant now = Instant.now(clock);
    Sessions.Opened opened = sessions.open(result.login(), now);
    cookie.write(request, response, opened.token(), remaining(opened.login(), now));
    request.setAttribute(CallerFilter.LOGIN, opened.login());
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(view(opened.login()));
  }

  @Operation(
      summary = "Log out",
      description =
          "Removes the cookie from the browser. To end the sessions of a key everywhere, remove the"
              + " key.")
  @DeleteMapping("/api/session")
  ResponseEntity<Void> close(HttpServletRequest request, HttpServletResponse response) {
    requireConsole(request);
    cookie.clear(request, response);
    return ResponseEntity.noContent().build();
  }

  private static final String NEEDS_TLS =
      "The browser will not keep a login without TLS. Either serve TLS, here (server.ssl.*) or at a"
          + " proxy in front, or set doundo.console.plain-http=true: then everybody on the way can"
          + " read keys and sessions.";

  private static final String EXPOSED =
      "This page is served over plain http: everybody on the way can read the key and the session.";

  private static Duration remaining(Login login, Instant now) {
    Instant end = login.expiresAt();
    return end == null ? Sessions.LIFETIME : Duration.between(now, end);
  }

  private SessionView view(Login login) {
    return new SessionView(
        login.name(),
        login.role(),
        login.expiresAt(),
        CallerFilter.visibilityName(payloads, login),
        traceUrl);
  }

  private static ApiProblem refused(Logins.Result result) {
    ApiProblem problem =
        new ApiProblem(
            result.retryAfterSeconds() > 0
                ? ProblemKind.TOO_MANY_FAILURES
                : ProblemKind.UNAUTHENTICATED,
            result.problem());
    if (result.retryAfterSeconds() > 0) {
      problem.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(result.retryAfterSeconds()));
    }
    return problem;
  }

  private static void requireConsole(HttpServletRequest request) {
    if (!SessionCookie.isFromConsole(request)) {
      throw new ApiProblem(
          ProblemKind.FOREIGN_ORIGIN,
          "Only this server's own console logs in and out: its requests carry "
              + SessionCookie.CONSOLE
              + ": 1 and have the same origin. Programs send an API key in "
              + CallerFilter.HEADER
              + " with each request instead.");
    }
  }

  private static String key(HttpServletRequest request) {
    try {
      JsonNode body = Json.MAPPER.readTree(request.getInputStream().readAllBytes());
      String key = body.path("key").isString() ? body.path("key").stringValue().strip() : "";
      if (body.size() == 1 && !key.isEmpty()) {
        return key;
      }
    } catch (IOException | JacksonException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, WRONG_BODY, Map.of(), e);
    }
    throw new ApiProblem(ProblemKind.BAD_REQUEST, WRONG_BODY);
  }

  private static final String WRONG_BODY = "The body must be {\"key\": \"<your API key>\"}.";
}
