package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.hook.HookAccess;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may deliver to webhooks that ask for the server's own logins, or for nothing. Thread-safe.
 */
final class HookLogins implements HookAccess {

  private static final String FORWARDED = "forwarded";
  private static final String FORWARDED_PREFIX = "x-forwarded-";

  /** Others by which a proxy says that it has passed a request on. */
  private static final Set<String> PROXIES = Set.of("via", "x-real-ip");

  private final @Nullable LocalOnlyFilter local;
  private final Logins logins;
  private final FailedLogins failures = new FailedLogins();
  private final Clock clock;

  /**
   * @param local null when the server asks for a login; otherwise it listens on the loopback
   *     interface only
   */
  HookLogins(@Nullable LocalOnlyFilter local, Logins logins, Clock clock) {
    this.local = local;
    this.logins = logins;
    this.clock = clock;
  }

  @Override
  public long secondsToWait(HttpServletRequest request) {
    Duration wait = failures.wait(network(request), clock.millis());
    return (wait.toMillis() + 999) / 1000;
  }

  @Override
  public void failed(HttpServletRequest request) {
    failures.failed(network(request), clock.millis());
  }

  @Override
  public void succeeded(HttpServletRequest request, String hook) {
    failures.succeeded(network(request), hook, clock.millis());
  }

  @Override
  public boolean isKnown(HttpServletRequest request, String hook) {
    return failures.isKnown(network(request), hook, clock.millis());
  }

  private static String network(HttpServletRequest request) {
    return Logins.network(request.getRemoteAddr());
  }

  @Override
  public boolean isLocal(HttpServletRequest request) {
    return local != null
        && local.isLocal(request)
        && isLoopback(request.getRemoteAddr())
        && Collections.list(request.getHeaderNames()).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .noneMatch(
                name ->
                    name.equals(FORWARDED)
                        || name.startsWith(FORWARDED_PREFIX)
                        || PROXIES.contains(name));
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public KeyCheck checkKey(HttpServletRequest request) {
    if (local != null) {
      return isLocal(request)
          ? KeyCheck.PASSED
          : new KeyCheck(
              ProblemKind.UNAUTHENTICATED,
              "Without API keys this webhook accepts requests from this machine only, and not"
                  + " through a proxy.",
              0);
    }
    String credential = CallerFilter.credential(request);
    if (credential == null) {
      return new KeyCheck(
          ProblemKind.UNAUTHENTICATED, "It needs an API key in " + CallerFilter.HEADER + '.', 0);
    }
    Logins.Result result = logins.check(credential, request.getRemoteAddr());
    Login login = result.login();
    if (login == null) {
      return new KeyCheck(
          result.retryAfterSeconds() > 0
              ? ProblemKind.TOO_MANY_FAILURES
              : ProblemKind.UNAUTHENTICATED,
          result.problem(),
          result.retryAfterSeconds());
    }
    boolean mayStart = login.roles().contains(Role.OPERATOR) || login.roles().contains(Role.ADMIN);
    return mayStart
        ? KeyCheck.PASSED
        : new KeyCheck(
            ProblemKind.FORBIDDEN, "Starting flows through a webhook needs the role OPERATOR.", 0);
  }
}
