package io.doundo.orchestrator.api.hook;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.WebhookTrigger.ApiKey;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Unsigned;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.trigger.hook.HookVerifier;
import io.doundo.orchestrator.trigger.hook.HookVerifier.UnusableSecretException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Demands the proof of a webhook's request. Failures are counted for each address, and too many of
 * them refuse further failures. A right signature is accepted all the same, because strangers share
 * the address with the sender where many customers send from the same machines. A token could be
 * guessed, so it is not even compared then, unless a right one came from that address to that
 * webhook before. Thread-safe.
 */
final class HookProof {

  private static final Logger LOG = LoggerFactory.getLogger(HookProof.class);

  private final HookAccess access;
  private final HookSecrets secrets;
  private final Clock clock;

  HookProof(HookAccess access, HookSecrets secrets, Clock clock) {
    this.access = access;
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Refuses a request that does not prove who sent it.
   *
   * @param hook the name of the webhook among all
   * @throws ApiProblem when it does not, or when there were too many failures
   */
  HookVerifier.Result require(
      String hook, WebhookTrigger trigger, HttpServletRequest request, byte[] body) {
    Verification verify = trigger.verify();
    if (verify instanceof Unsigned) {
      if (access.isLocal(request)) {
        return HookVerifier.Result.UNNAMED;
      }
      throw unauthenticated(
          "This webhook has no verify, so it accepts requests only from the machine of an"
              + " orchestrator without API keys, and not through a proxy.");
    }
    if (verify instanceof ApiKey) {
      HookAccess.KeyCheck check = access.checkKey(request);
      if (check.problem() != null) {
        throw later(new ApiProblem(check.problem(), check.detail()), check.retryAfterSeconds());
      }
      return HookVerifier.Result.UNNAMED;
    }
    return ofSecret(hook, trigger, request, body);
  }

  private HookVerifier.Result ofSecret(
      String hook, WebhookTrigger trigger, HttpServletRequest request, byte[] body) {
    List<String> known = secrets.find(String.valueOf(trigger.secret()));
    if (known.isEmpty()) {
      LOG.error(
          "The webhook {} needs the secret \"{}\", which the settings do not have",
          hook,
          trigger.secret());
      throw notReady();
    }
    long wait = access.secondsToWait(request);
    boolean isToken = trigger.verify() instanceof Token;
    if (wait > 0 && isToken && !access.isKnown(request, hook)) {
      throw tooMany(wait);
    }
    try {
      HookVerifier.Result result =
          HookVerifier.verify(trigger.verify(), known, request::getHeader, body, clock.instant());
      if (!result.isVerified()) {
        if (wait > 0) {
          throw tooMany(wait);
        }
        access.failed(request);
        throw unauthenticated("The request cannot be verified: " + result.refusal() + ".");
      }
      if (isToken) {
        access.succeeded(request, hook);
      }
      return result;
    } catch (UnusableSecretException e) {
      LOG.error(
          "The webhook {} cannot use the secret \"{}\": {}",
          hook,
          trigger.secret(),
          e.getMessage());
      throw notReady();
    }
  }

  private static ApiProblem tooMany(long wait) {
    return later(
        new ApiProblem(
            ProblemKind.TOO_MANY_FAILURES,
            "Too many requests from this address could not be verified. Try again in %d s."
                .formatted(wait)),
        wait);
  }

  /** A refusal that says when to come again, and how to prove oneself. */
  static ApiProblem later(ApiProblem problem, long seconds) {
    if (seconds > 0) {
      problem.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
    }
    if (problem.kind() == ProblemKind.UNAUTHENTICATED) {
      problem.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Webhook realm=\"doundo\"");
    }
    return problem;
  }

  private static ApiProblem notReady() {
    return new ApiProblem(
        ProblemKind.NOT_READY, "This webhook cannot verify requests; its operator must act.");
  }

  private static ApiProblem unauthenticated(String detail) {
    return later(new ApiProblem(ProblemKind.UNAUTHENTICATED, detail), 0);
  }
}
