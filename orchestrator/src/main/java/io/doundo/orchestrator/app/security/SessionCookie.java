package io.doundo.orchestrator.app.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that keeps a session in a browser. Over TLS its name begins with {@code __Host-}, so
 * that no other host and no plain http can set it. Browsers refuse that name over plain http, where
 * the cookie has another one, and is used on this machine only unless the settings allow more.
 */
final class SessionCookie {

  static final String NAME = "__Host-doundo";

  /** Over plain http. */
  static final String PLAIN_NAME = "doundo";

  private static final String LOGIN_STATE = "-login";

  /** The header that a page of another site cannot send without asking. */
  static final String CONSOLE = "X-Doundo-Console";

  private static final String FETCH_SITE = "Sec-Fetch-Site";
  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final boolean plainHttp;

  /**
   * @param plainHttp whether sessions are allowed over plain http from other machines
   */
  SessionCookie(boolean plainHttp) {
    this.plainHttp = plainHttp;
  }

  /** The value of the cookie that counts for this request. */
  Optional<String> read(HttpServletRequest request) {
    Optional<String> secure = read(request, NAME);
    return secure.isPresent() || !mayBePlain(request) ? secure : read(request, PLAIN_NAME);
  }

  /** Whether the browser would keep a session. */
  boolean isKept(HttpServletRequest request) {
    return isSecure(request) || mayBePlain(request);
  }

  /** Whether everybody on the way can read the session. */
  boolean isExposed(HttpServletRequest request) {
    return !isSecure(request) && !isLocal(request);
  }

  void write(
      HttpServletRequest request, HttpServletResponse response, String value, Duration lifetime) {
    boolean secure = isSecure(request);
    add(response, secure ? NAME : PLAIN_NAME, secure, value, lifetime);
  }

  /** What a login at a provider has begun with. */
  Optional<String> readLoginState(HttpServletRequest request) {
    return read(request, (isSecure(request) ? NAME : PLAIN_NAME) + LOGIN_STATE);
  }

  /** The provider's answer comes from another site, so this cookie is less strict. */
  void writeLoginState(
      HttpServletRequest request, HttpServletResponse response, String value, Duration lifetime) {
    boolean secure = isSecure(request);
    String name = (secure ? NAME : PLAIN_NAME) + LOGIN_STATE;
    add(response, name, secure, value, lifetime, "Lax");
  }

  /** Removes the session from the browser, whatever its name. */
  void clear(HttpServletRequest request, HttpServletResponse response) {
    for (String name : new String[] {NAME, PLAIN_NAME}) {
      if (read(request, name).isPresent()) {
        add(response, name, name.equals(NAME), "", Duration.ZERO);
      }
    }
  }

  /**
   * Whether a page of this server sent the request: it carries the console's own header, and the
   * browser says that it comes from the same origin. A browser leaves out {@code Sec-Fetch-Site}
   * over plain http.
   */
  static boolean isFromConsole(HttpServletRequest request) {
    if (!"1".equals(request.getHeader(CONSOLE))) {
      return false;
    }
    String site = request.getHeader(FETCH_SITE);
    if (site != null) {
      return site.equals("same-origin");
    }
    URI origin = origin(request);
    String host = request.getHeader(HttpHeaders.HOST);
    return origin != null && host != null && host.equalsIgnoreCase(origin.getRawAuthority());
  }

  private static void add(
      HttpServletResponse response, String name, boolean secure, String value, Duration lifetime) {
    add(response, name, secure, value, lifetime, "Strict");
  }

  private static void add(
      HttpServletResponse response,
      String name,
      boolean secure,
      String value,
      Duration lifetime,
      String sameSite) {
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        ResponseCookie.from(name, value)
            .httpOnly(true)
            .secure(secure)
            .sameSite(sameSite)
            .path("/")
            .maxAge(lifetime)
            .build()
            .toString());
  }

  private boolean mayBePlain(HttpServletRequest request) {
    return plainHttp || isLocal(request);
  }

  /**
   * A proxy may end TLS without saying so; the browser then still names the scheme that it uses.
   */
  private static boolean isSecure(HttpServletRequest request) {
    URI origin = origin(request);
    return request.isSecure() || (origin != null && "https".equals(origin.getScheme()));
  }

  private static boolean isLocal(HttpServletRequest request) {
    return LOCAL_HOSTS.contains(request.getServerName().toLowerCase(Locale.ROOT));
  }

  private static @Nullable URI origin(HttpServletRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    try {
      return origin == null ? null : new URI(origin);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static Optional<String> read(HttpServletRequest request, String name) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(name)) {
          return Optional.of(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }
}
