package io.doundo.orchestrator.streams.record;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** The partition of a flow: that of the Java client's partitioner with its flowId as key. */
public final class Partitions {

  /** More tries than any count of partitions needs. */
  private static final int MOST_CANDIDATES = 100_000;

  private static final int PLACE_DIGITS = 24;

  private final int count;

  public Partitions(int count) {
    this.count = count;
  }

  public int of(String flowId) {
    return Utils.toPositive(Utils.murmur2(flowId.getBytes(StandardCharsets.UTF_8))) % count;
  }

  /**
   * A flowId for a start without one: always the same for the same record, and on the record's own
   * partition if possible.
   */
  public String deriveFlowId(InputRecord start) {
    String place = start.placeDigest().substring(0, PLACE_DIGITS);
    for (int i = 0; i < MOST_CANDIDATES; i++) {
      String candidate = place + Integer.toHexString(i);
      if (of(candidate) == start.partition() % count) {
        return candidate;
      }
    }
    return place;
  }
}
