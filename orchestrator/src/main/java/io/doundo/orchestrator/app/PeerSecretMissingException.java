package io.doundo.orchestrator.app;

/** Instances are to ask each other for flows, and have nothing to know each other by. */
final class PeerSecretMissingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PeerSecretMissingException() {
    super(
        "doundo.advertised-address says that there are several instances, and doundo.api.keys that"
            + " callers need a key; so instances need doundo.api.secret to read flows from each"
            + " other, and it is missing.");
  }
}
