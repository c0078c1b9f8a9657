package io.doundo.worker.binding;

/** An UNDO whose method cannot do without the result, and there is none; it was not called. */
public final class NoResultException extends Exception {

  private static final long serialVersionUID = 1L;

  NoResultException(String message) {
    super(message);
  }
}
