package io.doundo.orchestrator.query.index;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot of the index was made of.
 *
 * @param changelog the name of the changelog of the flows store
 * @param topicIds by the names of the topics: a topic that was made anew has another one
 * @param next where each partition is read on
 * @param told up to where the records of each partition were counted
 * @param asOf everything committed until then is in it, ms since the epoch; long before it was
 *     written when the topics could not be read
 */
public record SnapshotHeader(
    String changelog,
    Map<String, String> topicIds,
    Map<Place, Long> next,
    Map<Place, Long> told,
    long asOf) {

  public SnapshotHeader {
    topicIds = Map.copyOf(topicIds);
    next = Map.copyOf(next);
    told = Map.copyOf(told);
  }

  /** A partition of a topic. */
  public record Place(String topic, int partition) {}

  /**
   * Why the snapshot cannot be read on from; null when it can. Removed flows leave a trace in the
   * changelog for so long only: a flow that ended while nobody read must not be shown for ever.
   *
   * @param beginnings the first offset of each partition now
   * @param ends the end of each partition now
   * @param ids of the topics now
   * @param deleteRetentionMs how long the changelog keeps that a flow was removed
   * @param now ms since the epoch
   */
  public @Nullable String refusal(
      String currentChangelog,
      Map<Place, Long> beginnings,
      Map<Place, Long> ends,
      Map<String, String> ids,
      long deleteRetentionMs,
      long now) {
    if (!changelog.equals(currentChangelog)) {
      return "it was made of " + changelog;
    }
    if (!topicIds.equals(ids)) {
      return "a topic was made anew since";
    }
    if (!next.keySet().equals(ends.keySet())) {
      return "the topics have other partitions";
    }
    if (isTooOld(asOf, deleteRetentionMs, now)) {
      return "it is older than half of the changelog's delete.retention.ms";
    }
    for (Map.Entry<Place, Long> place : next.entrySet()) {
      long offset = place.getValue();
      if (offset < Objects.requireNonNullElse(beginnings.get(place.getKey()), 0L)) {
        return place.getKey() + " begins after offset " + offset;
      }
      if (offset > Objects.requireNonNullElse(ends.get(place.getKey()), 0L)) {
        return place.getKey() + " ends before offset " + offset;
      }
    }
    return null;
  }

  /** Whether tombstones that came after this time may have been removed again. */
  public static boolean isTooOld(long at, long deleteRetentionMs, long now) {
    return now - at > deleteRetentionMs / 2;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(changelog);
    out.writeLong(asOf);
    out.writeInt(topicIds.size());
    for (Map.Entry<String, String> id : topicIds.entrySet()) {
      out.writeUTF(id.getKey());
      out.writeUTF(id.getValue());
    }
    write(out, next);
    write(out, told);
  }

  private static void write(DataOutputStream out, Map<Place, Long> offsets) throws IOException {
    out.writeInt(offsets.size());
    for (Map.Entry<Place, Long> offset : offsets.entrySet()) {
      out.writeUTF(offset.getKey().topic());
      out.writeInt(offset.getKey().partition());
      out.writeLong(offset.getValue());
    }
  }

  static SnapshotHeader read(DataInputStream in) throws IOException {
    String changelog = in.readUTF();
    long asOf = in.readLong();
    Map<String, String> ids = new HashMap<>();
    for (int size = in.readInt(); size > 0; size--) {
      ids.put(in.readUTF(), in.readUTF());
    }
    return new SnapshotHeader(changelog, ids, readOffsets(in), readOffsets(in), asOf);
  }

  private static Map<Place, Long> readOffsets(DataInputStream in) throws IOException {
    Map<Place, Long> offsets = new HashMap<>();
    for (int size = in.readInt(); size > 0; size--) {
      offsets.put(new Place(in.readUTF(), in.readInt()), in.readLong());
    }
    return offsets;
  }
}
