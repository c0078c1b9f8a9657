package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.hook.HookController;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Guards a server without API keys against the browsers on its own machine. Any web page can send
 * requests to the loopback interface: under its own name that resolves to it (DNS rebinding), which
 * the Host header reveals, or as a cross-site form, which the Origin header reveals.
 */
final class LocalOnlyFilter extends OncePerRequestFilter {

  private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

  LocalOnlyFilter(List<String> allowedHosts) {
    allowedHosts.forEach(host -> hosts.add(withoutPort(host)));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (HookController.isMeant(request)) {
      // It accepts a request that is not verified from this machine only, by the same rules.
      chain.doFilter(request, response);
      return;
    }
    if (!hasOwnHost(request)) {
      ProblemWriter.write(
          response,
          ProblemKind.FOREIGN_HOST,
          "Without API keys this server answers only requests to localhost. To reach it under another name,"
              + " add that name to doundo.api.allowed-hosts.");
      return;
    }
    if (!isOwn(request.getHeader(HttpHeaders.ORIGIN))) {
      ProblemWriter.write(
          response,
          ProblemKind.FOREIGN_ORIGIN,
          "Without API keys this server accepts requests from local pages only.");
      return;
    }
    chain.doFilter(request, response);
  }

  /** Whether neither another name of this server nor a foreign page has led a request here. */
  boolean isLocal(HttpServletRequest request) {
    return hasOwnHost(request) && isOwn(request.getHeader(HttpHeaders.ORIGIN));
  }

  private boolean hasOwnHost(HttpServletRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    return host != null && hosts.contains(withoutPort(host));
  }

  private boolean isOwn(@Nullable String origin) {
    if (origin == null) {
      return true;
    }
    try {
      String host = new URI(origin).getHost();
      return host != null && hosts.contains(host.toLowerCase(Locale.ROOT));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon > host.lastIndexOf(']');
    return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
  }
}
