package io.doundo.protocol;

/**
 * A record that cannot be understood. Its message is the reason in one or two sentences for a
 * person and becomes the reason of the dead letter; it is checked because there is no other way to
 * handle it than to keep the record there.
 */
public final class MalformedRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  public MalformedRecordException(String reason) {
    super(reason);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
