package io.doundo.orchestrator.app.security;

/** Instances are to ask each other for flows, and have nothing to know each other by. */
final class PeerSecretMissingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PeerSecretMissingException() {
    super(
        "doundo.advertised-address is set (several instances), and so is doundo.api.keys"
            + " (callers need a key), so instances need doundo.api.secret to read flows from each"
            + " other; it is not set.");
  }
}
