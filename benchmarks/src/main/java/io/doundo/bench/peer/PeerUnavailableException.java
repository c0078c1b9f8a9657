package io.doundo.bench.peer;

/** A peer cannot be started here; the message says what is missing and what to do about it. */
public final class PeerUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public PeerUnavailableException(String reason) {
    super(reason);
  }
}
