package io.doundo.worker.fence;

/**
 * This Redis is set up in a way that would lose records silently; the message says how to fix it.
 */
public class UnsafeRedisException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnsafeRedisException(String reason) {
    super(reason);
  }
}
