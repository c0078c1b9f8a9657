package io.doundo.orchestrator.streams.state;

import java.nio.ByteBuffer;

/**
 * A step that a breaker holds, as a row of the flows store beside its flow: the key names breaker,
 * flow and step, and the value says since when, whether a failure would be final, and since when
 * the command may have been visible. No flowId begins like the key.
 */
public record HeldStep(String breaker, String flowId, String step) {

  /** The first key that a row can have. */
  public static final String BEGIN = "\u0001held/";

  /** The first key behind those of all rows. */
  public static final String END = "\u0001held0";

  /** The beginning of the keys of rows of steps that were released while their flow was paused. */
  private static final String RELEASED = "\u0001released/";

  private static final char SEPARATOR = '/';

  /** The key of the row. Neither a breaker's name nor a step's has a slash; a flowId may. */
  public String key() {
    return BEGIN + breaker + SEPARATOR + step + SEPARATOR + flowId;
  }

  /**
   * The key of the row that says since when the command may have been visible, once the step was
   * released while its flow was paused: nothing was sent, and the same command is sent when the
   * flow is resumed.
   */
  public static String releasedKey(String flowId, String step) {
    return RELEASED + step + SEPARATOR + flowId;
  }

  /**
   * Reads a key.
   *
   * @throws UnreadableValueException when it is not the key of such a row
   */
  public static HeldStep of(String key) {
    int first = key.indexOf(SEPARATOR, BEGIN.length());
    int second = first < 0 ? -1 : key.indexOf(SEPARATOR, first + 1);
    if (second < 0 || !key.startsWith(BEGIN)) {
      throw new UnreadableValueException("the key is not that of a held step");
    }
    return new HeldStep(
        key.substring(BEGIN.length(), first),
        key.substring(second + 1),
        key.substring(first + 1, second));
  }

  /**
   * The value of a row.
   *
   * @param since ms since the epoch
   * @param isLast whether the held attempt is the last one that the step has
   * @param visibleSince no worker can have seen the held command earlier, ms since the epoch: a
   *     transaction that was aborted may have sent it
   */
  public record Value(long since, boolean isLast, long visibleSince) {

    /** The size of a value that does not say since when the command may have been visible. */
    private static final int SHORT_SIZE = 1 + Long.BYTES + 1;

    private static final int SIZE = SHORT_SIZE + Long.BYTES;

    /** The stored form. */
    public byte[] encode() {
      return ByteBuffer.allocate(SIZE)
          .put(FlowValue.HELD_STEP)
          .putLong(since)
          .put((byte) (isLast ? 1 : 0))
          .putLong(visibleSince)
          .array();
    }

    /**
     * Reads the stored form. A value without the time of visibility has that at which it was held.
     *
     * @throws UnreadableValueException when it is not the value of such a row
     */
    public static Value decode(byte[] value) {
      boolean isShort = value.length == SHORT_SIZE;
      if ((value.length != SIZE && !isShort) || value[0] != FlowValue.HELD_STEP) {
        throw new UnreadableValueException("the value is not that of a held step");
      }
      ByteBuffer content = ByteBuffer.wrap(value, 1, value.length - 1);
      long since = content.getLong();
      boolean isLast = content.get() != 0;
      return new Value(since, isLast, isShort ? since : content.getLong());
    }
  }
}
