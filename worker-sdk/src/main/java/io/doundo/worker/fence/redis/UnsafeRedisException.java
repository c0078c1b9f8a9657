package io.doundo.worker.fence.redis;

/**
 * This Redis is set up in a way that would lose records silently; and {@link #fix} says what to do.
 */
public class UnsafeRedisException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String fix;

  public UnsafeRedisException(String reason, String fix) {
    super(reason + ". " + fix);
    this.fix = fix;
  }

  public String fix() {
    return fix;
  }
}
