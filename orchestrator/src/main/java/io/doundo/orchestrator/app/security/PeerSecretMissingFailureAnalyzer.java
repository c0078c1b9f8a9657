package io.doundo.orchestrator.app.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in plain words how to give instances a secret. */
final class PeerSecretMissingFailureAnalyzer
    extends AbstractFailureAnalyzer<PeerSecretMissingException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, PeerSecretMissingException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        """
        Give every instance the same secret, of at least 32 characters, for example from
        openssl rand -hex 32:
          in the environment: DOUNDO_API_SECRET=<the secret>
          or from a file: doundo.api.secret-file=/run/secrets/doundo
        With a single instance, remove doundo.advertised-address.""",
        cause);
  }
}
