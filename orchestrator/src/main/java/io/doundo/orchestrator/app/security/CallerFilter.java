package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.PayloadRule;
import io.doundo.orchestrator.api.hook.HookController;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.ProblemWriter;
import io.doundo.orchestrator.app.ConsoleConfiguration;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.DoundoProperties.Visibility;
import io.doundo.orchestrator.app.PeerController;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who makes a request: by the credential in a header or, without one, by the session
 * cookie. Where nobody needs to log in, every request is an administrator's; the server then
 * listens on the loopback interface only.
 */
final class CallerFilter extends OncePerRequestFilter {

  static final String HEADER = "X-API-Key";

  /** The role of another instance, which no key has. */
  static final String PEER = "PEER";

  /** The request attribute with the name of the caller, or of who tried to be one. */
  static final String PRINCIPAL = CallerFilter.class.getName() + ".principal";

  /** The request attribute with the {@link Login}. */
  static final String LOGIN = CallerFilter.class.getName() + ".login";

  /** The request attribute with the reason why its session does not count. */
  static final String SESSION_PROBLEM = CallerFilter.class.getName() + ".session";

  private static final String BEARER = "Bearer ";

  private static final Set<String> READS =
      Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(), HttpMethod.OPTIONS.name());

  private final boolean asksForLogin;
  private final Logins logins;
  private final SessionCookie cookie;
  private final DoundoProperties.Payloads payloads;
  private final Clock clock;

  CallerFilter(
      boolean asksForLogin,
      Logins logins,
      SessionCookie cookie,
      DoundoProperties.Payloads payloads,
      Clock clock) {
    this.asksForLogin = asksForLogin;
    this.logins = logins;
    this.cookie = cookie;
    this.payloads = payloads;
    this.clock = clock;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getDispatcherType() == DispatcherType.ASYNC
        && request.getAttribute(LOGIN) instanceof Login before) {
      authenticate(request, before);
    } else if (HookController.isMeant(request)) {
      // Its credentials may be the sender's own, so they are for the webhook to judge.
      chain.doFilter(request, response);
      return;
    } else if (!asksForLogin) {
      authenticate(request, Login.LOCAL);
    } else if (!PeerController.isMeant(request)) {
      String credential = credential(request);
      if (credential != null) {
        Logins.Result result = logins.check(credential, request.getRemoteAddr());
        if (result.name() != null) {
          request.setAttribute(PRINCIPAL, result.name());
        }
        if (result.login() == null) {
          refuse(response, result);
          return;
        }
        authenticate(request, result.login());
      } else if (!ConsoleConfiguration.isConsole(request) && !byCookie(request, response)) {
        return;
      }
    }
    chain.doFilter(request, response);
  }

  /**
   * A session that does not count leaves the request without a caller: it may be for an open route,
   * such as the login.
   *
   * @return false when the request is answered
   */
  private boolean byCookie(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<String> token = cookie.read(request);
    if (token.isEmpty()) {
      return true;
    }
    Optional<Login> login = logins.session(token.get(), Instant.now(clock));
    if (login.isEmpty()) {
      request.setAttribute(
          SESSION_PROBLEM,
          "The session has ended: it is over, its key was removed, has expired or lost a role, or"
              + " it was opened at an instance with another doundo.api.secret. Log in again.");
      return true;
    }
    if (!READS.contains(request.getMethod()) && !SessionCookie.isFromConsole(request)) {
      request.setAttribute(PRINCIPAL, login.get().name());
      ProblemWriter.write(
          response,
          ProblemKind.FOREIGN_ORIGIN,
          "With a session, requests that change something come from this server's own console only:"
              + " they carry "
              + SessionCookie.CONSOLE
              + ": 1 and have the same origin. Programs send an API key in "
              + HEADER
              + " instead.");
      return false;
    }
    authenticate(request, login.get());
    return true;
  }

  /** The key in the header of keys, else the bearer token; other schemes carry none. */
  static @Nullable String credential(HttpServletRequest request) {
    String key = request.getHeader(HEADER);
    if (key != null) {
      return key;
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : null;
  }

  private static void refuse(HttpServletResponse response, Logins.Result result)
      throws IOException {
    if (result.retryAfterSeconds() > 0) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(result.retryAfterSeconds()));
      ProblemWriter.write(response, ProblemKind.TOO_MANY_FAILURES, result.problem());
    } else {
      refuse(response, result.problem());
    }
  }

  /** Answers that a login is needed, in the way in which clients of HTTP ask for it. */
  static void refuse(HttpServletResponse response, String detail) throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"doundo\"");
    ProblemWriter.write(response, ProblemKind.UNAUTHENTICATED, detail);
  }

  /** Authenticates a request of another instance on behalf of its caller. */
  static void authenticatePeer(String principal) {
    authenticate(
        UsernamePasswordAuthenticationToken.authenticated(
            principal, null, List.of(new SimpleGrantedAuthority("ROLE_" + PEER))));
  }

  /**
   * Waiting requests are dispatched again once they are done, and keep their caller then, even when
   * its login has ended since: what it asked for has happened, and the answer says so.
   */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private void authenticate(HttpServletRequest request, Login login) {
    request.setAttribute(PRINCIPAL, login.name());
    request.setAttribute(LOGIN, login);
    authenticate(
        switch (visibility(payloads, login)) {
          case SHOWN -> login.authentication(PayloadRule.SHOWN);
          case ON_DEMAND -> login.authentication(PayloadRule.ON_DEMAND);
          case HIDDEN -> login.authentication();
        });
  }

  /** As the settings write it. */
  static String visibilityName(DoundoProperties.Payloads payloads, Login login) {
    return visibility(payloads, login).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Of several roles the one that shows more counts; TASKS alone shows the forms of its tasks. */
  static Visibility visibility(DoundoProperties.Payloads payloads, Login login) {
    Visibility most =
        login.roles().equals(Set.of(Role.TASKS)) ? Visibility.SHOWN : Visibility.HIDDEN;
    for (Role role : login.roles()) {
      Visibility shown =
          switch (role) {
            case VIEWER -> payloads.viewer();
            case OPERATOR -> payloads.operator();
            case ADMIN -> payloads.admin();
            case TASKS -> Visibility.HIDDEN;
          };
      most = shown.compareTo(most) > 0 ? shown : most;
    }
    return most;
  }

  private static void authenticate(Authentication caller) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(caller);
    SecurityContextHolder.setContext(context);
  }
}
