package io.doundo.examples.external;

/**
 * The outside world did nothing, and says so. It knows no SDK: its callers make of it what they
 * need.
 */
public class ExternalSystemException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean forGood;

  ExternalSystemException(String reason, boolean forGood) {
    super(reason);
    this.forGood = forGood;
  }

  /** Whether trying again is of no use. */
  public boolean isForGood() {
    return forGood;
  }
}
