package io.doundo.worker.binding;

/** A payload that cannot be read as the type a handler asks for; the handler was not called. */
public final class UnfitPayloadException extends Exception {

  private static final long serialVersionUID = 1L;

  UnfitPayloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
