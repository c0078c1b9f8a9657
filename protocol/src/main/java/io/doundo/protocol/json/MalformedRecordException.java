package io.doundo.protocol.json;

/**
 * A record that cannot be understood. Its message is the reason in one or two sentences for a
 * person and becomes the reason of the dead letter; it is checked because there is no other way to
 * handle it than to keep the record there.
 */
public final class MalformedRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private static final int MAX_REASON = 4_000;

  /** The reason may quote the record; it becomes one bounded line. */
  public MalformedRecordException(String reason) {
    super(Printable.line(reason, MAX_REASON));
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
