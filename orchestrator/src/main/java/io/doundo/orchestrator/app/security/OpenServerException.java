package io.doundo.orchestrator.app.security;

/** The server would be reachable from other machines while anyone may use it. */
final class OpenServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenServerException(String address) {
    super(
        "The server is configured to listen on "
            + address
            + ", which other machines can reach, but no API keys are configured: anyone could"
            + " start, undo and abandon flows.");
  }
}
