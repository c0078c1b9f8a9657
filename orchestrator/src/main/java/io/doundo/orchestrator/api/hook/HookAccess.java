package io.doundo.orchestrator.api.hook;

import io.doundo.orchestrator.api.request.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What the login of the server has to say to a request of a webhook, and which addresses have
 * failed too often. Failures at webhooks and failed logins are counted apart. Thread-safe.
 */
public interface HookAccess {

  /** How many seconds the address of a request must wait after too many failures; 0 for none. */
  long secondsToWait(HttpServletRequest request);

  /** Counts a failure against the address of a request. */
  void failed(HttpServletRequest request);

  /** Remembers for an hour that a webhook got a right proof from the address of a request. */
  void succeeded(HttpServletRequest request, String hook);

  /** Whether a webhook got a right proof from the address of a request within the last hour. */
  boolean isKnown(HttpServletRequest request, String hook);

  /**
   * Whether a request comes from the machine of a server that asks nobody to log in: the server is
   * bound to the loopback interface and has no keys, and neither a proxy nor a foreign page has
   * passed the request on.
   */
  boolean isLocal(HttpServletRequest request);

  /** Checks the API key of a request, which must have the role OPERATOR. */
  KeyCheck checkKey(HttpServletRequest request);

  /**
   * What an API key is worth.
   *
   * @param problem null when it may start flows
   * @param retryAfterSeconds more than 0 when there were too many failures
   */
  record KeyCheck(@Nullable ProblemKind problem, String detail, long retryAfterSeconds) {

    /** The key may start flows. */
    public static final KeyCheck PASSED = new KeyCheck(null, "", 0);
  }
}
