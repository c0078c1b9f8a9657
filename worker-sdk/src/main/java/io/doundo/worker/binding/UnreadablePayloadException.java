package io.doundo.worker.binding;

/** A payload that cannot be read as the type a handler asks for; the handler was not called. */
public final class UnreadablePayloadException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadablePayloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
