package io.doundo.worker.binding;

/** A handler returned before its work was done, in a way that cannot be waited for. */
public final class UnfinishedWorkException extends Exception {

  private static final long serialVersionUID = 1L;

  UnfinishedWorkException(String message) {
    super(message);
  }
}
