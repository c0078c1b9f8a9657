package io.doundo.worker.fence.redis;

/**
 * Redis answers and keeps what it is given, but this one record cannot be used: its key holds
 * something else, for instance. Other steps are not concerned.
 */
public class UnusableRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnusableRecordException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
