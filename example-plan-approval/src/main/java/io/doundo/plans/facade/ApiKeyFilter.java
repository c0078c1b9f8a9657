package io.doundo.plans.facade;

import io.doundo.plans.json.PlanJson;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Asks for a key: for everything of the API but its health, and for the meters. The page itself
 * holds no secrets and needs none. Every answer says what the page may load.
 */
@Component
class ApiKeyFilter extends OncePerRequestFilter {

  private static final String USER = ApiKeyFilter.class.getName() + ".user";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final FacadeSettings settings;

  ApiKeyFilter(FacadeSettings settings) {
    this.settings = settings;
  }

  /**
   * Checks that the key may speak for a user.
   *
   * @throws Problem when no user is named, or the key is another user's
   */
  static String user(HttpServletRequest request, @Nullable String userId) {
    if (userId == null || userId.isBlank()) {
      throw new Problem(Problem.Kind.BAD_REQUEST, "userId is missing: it says who asks");
    }
    Object owner = request.getAttribute(USER);
    if (owner != null && !owner.equals(userId)) {
      throw new Problem(
          Problem.Kind.FORBIDDEN,
          "this key speaks for %s, and not for %s".formatted(owner, userId));
    }
    return userId;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (!isGuarded(request.getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    Optional<FacadeSettings.CallerKey> key = key(request.getHeader("X-API-Key"));
    if (key.isEmpty()) {
      refuse(response);
      return;
    }
    request.setAttribute(USER, key.get().user());
    chain.doFilter(request, response);
  }

  private static boolean isGuarded(String path) {
    return (path.startsWith("/api/") && !path.equals("/api/health"))
        || (path.startsWith("/actuator") && !path.startsWith("/actuator/health"));
  }

  private Optional<FacadeSettings.CallerKey> key(@Nullable String given) {
    return given == null
        ? Optional.empty()
        : settings.apiKeys().stream().filter(key -> isSame(key.key(), given)).findFirst();
  }

  /** Takes as long for a key that is nearly right. */
  private static boolean isSame(String key, String given) {
    return MessageDigest.isEqual(
        key.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static void refuse(HttpServletResponse response) throws IOException {
    response.setStatus(Problem.Kind.UNAUTHORIZED.status());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response
        .getWriter()
        .write(
            PlanJson.MAPPER.writeValueAsString(
                Answer.refusal(
                    new Problem(
                        Problem.Kind.UNAUTHORIZED,
                        "the header X-API-Key is missing, or its key is not known here"))));
  }
}
