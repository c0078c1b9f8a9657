package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexSnapshot;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.SnapshotHeader;
import io.doundo.orchestrator.query.index.SnapshotHeader.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index in a file, so that a restart need not read all topics. Whatever goes wrong with
 * the file costs a warning, and the time to read the topics. Used by the reading thread; a file is
 * written by a thread of its own while the index goes on.
 */
final class SnapshotKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);

  /** A reader is behind by less than this every now and then. */
  private static final long SHORTEST_GAP_MS = 60_000;

  private final IndexSnapshot snapshot;
  private final TopicFacts facts;
  private final String changelog;
  private final List<String> topics;
  private final Runnable onFailure;
  private final AtomicBoolean writing = new AtomicBoolean();
  private @Nullable Map<String, String> ids;

  /** How long a tombstone stays in the changelog; not known before the first look. */
  private long deleteRetentionMs = Long.MAX_VALUE;

  /**
   * @param directory where the file stands
   * @param topics whose offsets are in it
   * @param onFailure called when a file could not be written
   */
  SnapshotKeeper(
      Path directory, TopicFacts facts, String changelog, List<String> topics, Runnable onFailure) {
    this.snapshot = new IndexSnapshot(directory);
    this.facts = facts;
    this.changelog = changelog;
    this.topics = topics;
    this.onFailure = onFailure;
  }

  /**
   * Fills empty columns and counts from the file. They are empty again when it is not used.
   *
   * @param beginnings the first offset of each partition now
   * @param ends the end of each partition now
   */
  Optional<SnapshotHeader> load(
      FlowColumns columns,
      MinuteCounts minutes,
      Map<TopicPartition, Long> beginnings,
      Map<TopicPartition, Long> ends) {
    long begin = System.nanoTime();
    try {
      Map<String, String> current = facts.ids(topics);
      ids = current;
      deleteRetentionMs = facts.deleteRetentionMs(changelog);
      Optional<SnapshotHeader> header =
          snapshot.read(
              read -> {
                String refusal =
                    read.refusal(
                        changelog,
                        places(beginnings),
                        places(ends),
                        current,
                        deleteRetentionMs,
                        System.currentTimeMillis());
                if (refusal != null) {
                  LOG.info("{} is not used: {}; all flows are read anew", file(), refusal);
                }
                return refusal == null;
              },
              columns,
              minutes);
      header.ifPresent(
          read ->
              LOG.info(
                  "{} flows were read from {} in {} ms",
                  columns.size(),
                  file(),
                  Duration.ofNanos(System.nanoTime() - begin).toMillis()));
      return header;
    } catch (IOException
        | KafkaException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      LOG.warn("{} cannot be used, and all flows are read anew: {}", file(), e.toString());
      columns.clear();
      minutes.clear();
      return Optional.empty();
    }
  }

  /**
   * Whether so much time has passed since everything had been read that the tombstones of flows
   * which ended meanwhile may be gone: what is read on does not tell of them.
   */
  boolean mayHaveMissedEnds(long upToDateAt, long now) {
    return now - upToDateAt > SHORTEST_GAP_MS
        && SnapshotHeader.isTooOld(upToDateAt, deleteRetentionMs, now);
  }

  private Path file() {
    return snapshot.file();
  }

  /**
   * Begins to write the file, unless the one before is still being written.
   *
   * @param next where each partition is read on
   * @param told up to where the records of each partition were counted
   * @param asOf everything committed until then has been read, ms since the epoch
   */
  void begin(
      FlowColumns columns,
      MinuteCounts minutes,
      Map<TopicPartition, Long> next,
      Map<TopicPartition, Long> told,
      long asOf) {
    if (!writing.compareAndSet(false, true)) {
      return;
    }
    Optional<SnapshotHeader> header = header(next, told, asOf);
    if (header.isEmpty()) {
      writing.set(false);
      return;
    }
    byte[] counts = minutes.toBytes();
    Thread thread =
        new Thread(
            () -> {
              try {
                write(header.get(), columns, counts);
              } finally {
                writing.set(false);
              }
            },
            "doundo-flow-index-snapshot");
    thread.setDaemon(true);
    thread.start();
  }

  /** Writes the file, at the end. */
  void writeNow(
      FlowColumns columns,
      MinuteCounts minutes,
      Map<TopicPartition, Long> next,
      Map<TopicPartition, Long> told,
      long asOf) {
    if (writing.compareAndSet(false, true)) {
      header(next, told, asOf).ifPresent(header -> write(header, columns, minutes.toBytes()));
      writing.set(false);
    }
  }

  private Optional<SnapshotHeader> header(
      Map<TopicPartition, Long> next, Map<TopicPartition, Long> told, long asOf) {
    Map<String, String> known = ids;
    if (known == null) {
      try {
        known = facts.ids(topics);
        ids = known;
      } catch (KafkaException e) {
        failed(e);
        return Optional.empty();
      }
    }
    return Optional.of(new SnapshotHeader(changelog, known, places(next), places(told), asOf));
  }

  private void write(SnapshotHeader header, FlowColumns columns, byte[] counts) {
    try {
      snapshot.write(header, columns, counts);
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private void failed(Exception e) {
    LOG.warn(
        "{} cannot be written, so that the next start reads all flows anew: {}",
        file(),
        e.toString());
    onFailure.run();
  }

  private static Map<Place, Long> places(Map<TopicPartition, Long> offsets) {
    Map<Place, Long> places = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            places.put(new Place(partition.topic(), partition.partition()), offset));
    return places;
  }
}
