package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.Caller;
import io.doundo.orchestrator.api.ProblemKind;
import io.doundo.orchestrator.api.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes a request for that of the API key it carries. Without any keys configured, every request is
 * an administrator's; the server then listens on the loopback interface only.
 */
final class ApiKeyFilter extends OncePerRequestFilter {

  static final String HEADER = "X-API-Key";

  /** The role of another instance, which no key has. */
  static final String PEER = "PEER";

  private static final String BEARER = "Bearer ";

  /** The caller's name when there are no keys. */
  static final String LOCAL = "local";

  /**
   * Callers by the hash of their key. The duration of a lookup reveals only hashes, from which no
   * key can be guessed.
   */
  private final Map<String, Authentication> callers = new HashMap<>();

  ApiKeyFilter(List<DoundoProperties.Key> keys) {
    keys.forEach(key -> callers.put(key.sha256(), caller(key)));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (callers.isEmpty()) {
      authenticate(
          caller(
              LOCAL,
              DoundoProperties.Role.ADMIN,
              List.of(),
              List.of(DoundoProperties.Permission.ACT_AS)));
    } else {
      String key = key(request);
      if (key != null && !PeerController.isMeant(request)) {
        Authentication caller = callers.get(sha256(key));
        if (caller == null) {
          refuse(response, "The API key in " + HEADER + " or Authorization is unknown.");
          return;
        }
        authenticate(caller);
      }
    }
    chain.doFilter(request, response);
  }

  /** The key in the header of keys, else the bearer token; other schemes carry none. */
  private static @Nullable String key(HttpServletRequest request) {
    String key = request.getHeader(HEADER);
    if (key != null) {
      return key;
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : null;
  }

  /** Answers that a key is needed, in the way in which clients of HTTP ask for it. */
  static void refuse(HttpServletResponse response, String detail) throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"doundo\"");
    ProblemWriter.write(response, ProblemKind.UNAUTHENTICATED, detail);
  }

  /** Authenticates a request of another instance on behalf of its caller. */
  static void authenticatePeer(PeerPass.Bearer bearer) {
    authenticate(
        UsernamePasswordAuthenticationToken.authenticated(
            bearer.principal(), null, List.of(new SimpleGrantedAuthority("ROLE_" + PEER))));
  }

  /** Waiting requests are dispatched again once they are done, and keep their caller then. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private static void authenticate(Authentication caller) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(caller);
    SecurityContextHolder.setContext(context);
  }

  private static Authentication caller(DoundoProperties.Key key) {
    return caller(key.name(), key.role(), key.groups(), key.permissions());
  }

  private static Authentication caller(
      String name,
      DoundoProperties.Role role,
      List<String> groups,
      List<DoundoProperties.Permission> permissions) {
    List<SimpleGrantedAuthority> roles = new ArrayList<>();
    for (DoundoProperties.Role included : DoundoProperties.Role.values()) {
      boolean isIncluded =
          role == DoundoProperties.Role.TASKS ? included == role : included.compareTo(role) <= 0;
      if (isIncluded) {
        roles.add(new SimpleGrantedAuthority("ROLE_" + included));
      }
    }
    groups.forEach(group -> roles.add(new SimpleGrantedAuthority(Caller.GROUP + group)));
    if (permissions.contains(DoundoProperties.Permission.ACT_AS)) {
      roles.add(new SimpleGrantedAuthority(Caller.ACT_AS));
    }
    return UsernamePasswordAuthenticationToken.authenticated(name, null, roles);
  }

  private static String sha256(String key) {
    try {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
