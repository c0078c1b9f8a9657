package io.doundo.orchestrator.api.hook;

import io.doundo.orchestrator.api.request.ProblemKind;

/** Counts the requests of webhooks. Thread-safe. */
@FunctionalInterface
public interface HookListener {

  /** A request was answered. */
  void onRequest(Result result);

  /** What became of a request. */
  enum Result {
    /** Kafka has the start or the signal. */
    ACCEPTED,
    /** The same request had started the flow before. */
    REPEATED,
    /** Its condition was false. */
    IGNORED,
    /** It could not be verified. */
    UNVERIFIED,
    /** There were too many. */
    LIMITED,
    /** It was verified, and refused for what it says or for the state of its orchestration. */
    REFUSED,
    /** The orchestrator could not carry it out. */
    FAILED;

    static Result of(ProblemKind kind) {
      return switch (kind.status()) {
        case UNAUTHORIZED, FORBIDDEN -> UNVERIFIED;
        case TOO_MANY_REQUESTS -> LIMITED;
        default -> kind.status().is5xxServerError() ? FAILED : REFUSED;
      };
    }
  }
}
