package io.doundo.orchestrator.streams.state;

import java.nio.ByteBuffer;

/**
 * A step that a breaker holds, as a row of the flows store beside its flow: the key names breaker,
 * flow and step, and the value says since when, and whether a failure would be final. No flowId
 * begins like the key.
 */
public record HeldStep(String breaker, String flowId, String step) {

  /** The first key that a row can have. */
  public static final String BEGIN = "\u0001held/";

  /** The first key behind those of all rows. */
  public static final String END = "\u0001held0";

  private static final char SEPARATOR = '/';

  /** The key of the row. Neither a breaker's name nor a step's has a slash; a flowId may. */
  public String key() {
    return BEGIN + breaker + SEPARATOR + step + SEPARATOR + flowId;
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
   */
  public record Value(long since, boolean isLast) {

    private static final int SIZE = 1 + Long.BYTES + 1;

    /** The stored form. */
    public byte[] encode() {
      return ByteBuffer.allocate(SIZE)
          .put(FlowValue.HELD_STEP)
          .putLong(since)
          .put((byte) (isLast ? 1 : 0))
          .array();
    }

    /**
     * Reads the stored form.
     *
     * @throws UnreadableValueException when it is not the value of such a row
     */
    public static Value decode(byte[] value) {
      if (value.length != SIZE || value[0] != FlowValue.HELD_STEP) {
        throw new UnreadableValueException("the value is not that of a held step");
      }
      ByteBuffer content = ByteBuffer.wrap(value, 1, value.length - 1);
      return new Value(content.getLong(), content.get() != 0);
    }
  }
}
