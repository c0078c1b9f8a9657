package io.doundo.orchestrator.api.dashboard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets dashboards read under the paths that they know, some of which are ours too: such a request
 * goes on as one for the path below {@code /api/compat}, before anything looks at its path or its
 * parameters. A request is one of theirs when it accepts {@link #MEDIA_TYPE}; in an installation
 * that is all theirs, also when it comes from neither our console nor our command line.
 */
public final class DashboardSwitch extends OncePerRequestFilter {

  /** What a dashboard accepts to get its own answers under the bare paths. */
  public static final String MEDIA_TYPE = "application/vnd.doundo.dashboard+json";

  /** Our own clients, which always get our own answers. */
  private static final String CONSOLE = "X-Doundo-Console";

  private static final String CLIENT = "X-Doundo-Client";

  private static final Pattern PATH =
      Pattern.compile(
          "(/api)(/orchestrations(/[^/]+(/executions(/[^/]+(/timeline)?)?)?)?"
              + "|/audit/[^/]+|/audit/orchestration/[^/]+)");

  private final boolean always;

  /**
   * @param always whether the whole installation answers under the bare paths as dashboards expect
   */
  public DashboardSwitch(boolean always) {
    this.always = always;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean isSwitched = isRead(request) && isTheirs(request) && matches(request);
    chain.doFilter(isSwitched ? new Switched(request) : request, response);
  }

  private static boolean isRead(HttpServletRequest request) {
    String method = request.getMethod();
    return HttpMethod.GET.matches(method) || HttpMethod.HEAD.matches(method);
  }

  private boolean isTheirs(HttpServletRequest request) {
    for (String accepted : Collections.list(request.getHeaders("Accept"))) {
      if (accepted.toLowerCase(Locale.ROOT).contains(MEDIA_TYPE)) {
        return true;
      }
    }
    return always && request.getHeader(CONSOLE) == null && request.getHeader(CLIENT) == null;
  }

  private static boolean matches(HttpServletRequest request) {
    return PATH.matcher(path(request)).matches();
  }

  private static String path(HttpServletRequest request) {
    return request.getRequestURI().substring(request.getContextPath().length());
  }

  /** The same request for the path below {@code /api/compat}. */
  private static final class Switched extends HttpServletRequestWrapper {

    Switched(HttpServletRequest request) {
      super(request);
    }

    private static String compat(String path) {
      Matcher matcher = PATH.matcher(path);
      return matcher.matches() ? matcher.group(1) + "/compat" + matcher.group(2) : path;
    }

    @Override
    public String getRequestURI() {
      HttpServletRequest original = (HttpServletRequest) getRequest();
      return original.getContextPath() + compat(path(original));
    }

    @Override
    public StringBuffer getRequestURL() {
      StringBuffer url = super.getRequestURL();
      String uri = super.getRequestURI();
      return url.replace(url.length() - uri.length(), url.length(), getRequestURI());
    }

    @Override
    public String getServletPath() {
      String path = super.getServletPath();
      return path.startsWith("/api/") ? "/api/compat" + path.substring("/api".length()) : path;
    }
  }
}
