package io.doundo.orchestrator.app.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in plain words how to close an open server. */
final class OpenServerFailureAnalyzer extends AbstractFailureAnalyzer<OpenServerException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, OpenServerException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        """
        Either listen on this machine only: server.address=127.0.0.1 (the default),
        or configure at least one API key:
          doundo.api.keys[0].name=alice
          doundo.api.keys[0].role=ADMIN
          doundo.api.keys[0].sha256=<what this prints: printf %s "$KEY" | sha256sum>
        and send the key itself in the header X-API-Key of each request.""",
        cause);
  }
}
