package io.doundo.history;

/**
 * Where a record stands.
 *
 * @param at when it was written, ms since the epoch
 */
public record RecordPosition(String topic, int partition, long offset, long at) {

  /** Whether this is the same record, whatever its time. */
  public boolean isSame(String otherTopic, int otherPartition, long otherOffset) {
    return offset == otherOffset && partition == otherPartition && topic.equals(otherTopic);
  }
}
