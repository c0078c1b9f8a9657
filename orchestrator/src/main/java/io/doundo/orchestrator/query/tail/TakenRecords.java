package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowColumns.Change;
import io.doundo.orchestrator.query.index.FlowRow.RecordPlace;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.MinuteCounts.Kind;
import io.doundo.orchestrator.query.tail.FlowIndex.Listener;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowHead;
import io.doundo.protocol.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the records of the changelog, of the archive and of the dead letters into the rows and into
 * the counts of the minutes. A record may be taken more than once and is counted once. Used by the
 * reading thread; values of the archive may be asked for by any.
 */
final class TakenRecords {

  private static final Logger LOG = LoggerFactory.getLogger(TakenRecords.class);

  private final String changelog;
  private final FlowColumns columns;
  private final MinuteCounts minutes;
  private final Listener listener;
  private final ArchivedValues recent = new ArchivedValues();

  /** Up to where records were counted: the topics may be read more than once. */
  private final Map<TopicPartition, Long> told = new HashMap<>();

  /** The partitions of the archive whose beginning is left out, until one is read from. */
  private final Set<TopicPartition> skipped = new HashSet<>();

  TakenRecords(String changelog, FlowColumns columns, MinuteCounts minutes, Listener listener) {
    this.changelog = changelog;
    this.columns = columns;
    this.minutes = minutes;
    this.listener = listener;
  }

  /** Up to where the records of each partition were counted. */
  Map<TopicPartition, Long> told() {
    return told;
  }

  /** Up to where the records of a partition were counted, or the default. */
  long toldUpTo(TopicPartition partition, long byDefault) {
    return told.getOrDefault(partition, byDefault);
  }

  /** The records of a partition are counted up to this offset. */
  void tell(TopicPartition partition, long offset) {
    told.put(partition, offset);
  }

  /**
   * A partition of the archive is read anew.
   *
   * @param isLeftOut whether its beginning is not read
   */
  void skip(TopicPartition partition, boolean isLeftOut) {
    skipped.remove(partition);
    if (isLeftOut) {
      skipped.add(partition);
      columns.leaveOutBefore(0);
    }
  }

  /** The value of a record of the archive that was taken lately; null for others. */
  byte @Nullable [] recent(RecordPlace place) {
    return recent.get(place);
  }

  /**
   * Takes a batch. Of a live flow only its last state counts: most flows begin, run and end within
   * one batch, and none of it is decoded.
   */
  void take(ConsumerRecords<byte[], byte[]> records) {
    Map<Bytes, ConsumerRecord<byte[], byte[]>> live = new LinkedHashMap<>();
    Map<TopicPartition, Long> last = new HashMap<>();
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> batch = records.records(partition);
      if (!partition.topic().equals(changelog)) {
        batch.forEach(record -> takeOne(partition, record));
        continue;
      }
      for (ConsumerRecord<byte[], byte[]> record : batch) {
        if (record.key() != null) {
          live.put(Bytes.wrap(record.key()), record);
        }
      }
      last.put(partition, batch.get(batch.size() - 1).offset());
    }
    live.values().forEach(record -> takeOne(partition(record), record));
    last.forEach((partition, offset) -> told.merge(partition, offset, Math::max));
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /**
   * One that cannot be read, foreign or written by a newer release, keeps no other from its place.
   */
  private void takeOne(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
    boolean news = record.offset() > told.getOrDefault(partition, -1L);
    try {
      take(record, news);
    } catch (KafkaException | ReadsUnavailableException e) {
      // Read again from where the batch began, once there is a connection, or the definitions.
      throw e;
    } catch (RuntimeException e) {
      if (news) {
        listener.onUnreadable();
        LOG.warn(
            "{}@{} cannot be read; the lists show an older state of its flow: {}",
            partition,
            record.offset(),
            e.toString());
      }
    }
    if (news && !partition.topic().equals(changelog)) {
      told.put(partition, record.offset());
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, boolean news) {
    long now = System.currentTimeMillis();
    if (record.topic().equals(Topics.DEAD_LETTER)) {
      if (news) {
        minutes.add(Kind.DEAD_LETTER, null, record.timestamp(), now);
      }
      return;
    }
    byte @Nullable [] value = record.value();
    if (record.key() == null) {
      return;
    }
    if (!record.topic().equals(changelog)) {
      if (value != null && FlowRecords.isEnd(value)) {
        FlowRecords.archivedFront(value).ifPresent(front -> takeEnded(record, front, news, now));
      }
    } else if (value == null) {
      columns.left(record.key());
    } else {
      FlowFront front = FlowRecords.liveFront(value).orElse(null);
      if (front == null) {
        columns.left(record.key());
      } else {
        Change change = columns.putLive(front, record.partition(), record.offset());
        count(change, front, news, now);
      }
    }
  }

  private void takeEnded(
      ConsumerRecord<byte[], byte[]> record, FlowFront front, boolean news, long now) {
    FlowHead head = front.head();
    if (skipped.remove(partition(record))) {
      // What stands before it in its partition ended before, and so had started before.
      columns.leaveOutBefore(head.endedAt());
    }
    RecordPlace place = new RecordPlace(record.partition(), record.offset());
    recent.add(place, record.value());
    Change change = columns.putEnded(front, place.partition(), place.offset());
    count(change, front, news, now);
    if (news && front.partOf() == null) {
      switch (head.status()) {
        case COMPLETED -> minutes.add(Kind.COMPLETED, registered(head), head.endedAt(), now);
        case UNDONE -> minutes.add(Kind.UNDONE, registered(head), head.endedAt(), now);
        default -> {
          // Others are not shown by the minute.
        }
      }
    }
  }

  /** The name of its orchestration; null for one that is not registered, which has any name. */
  private static @Nullable String registered(FlowHead head) {
    return head.definition() == null ? null : head.orchestrationName();
  }

  /** The minutes count flows; of a part they count only that it was parked. */
  private void count(Change change, FlowFront front, boolean news, long now) {
    if (!news) {
      return;
    }
    FlowHead head = front.head();
    boolean isNew = change == Change.NEW || change == Change.NEW_PARKED;
    if (isNew && front.partOf() == null) {
      minutes.add(Kind.STARTED, registered(head), head.startedAt(), now);
    }
    if (change == Change.PARKED || change == Change.NEW_PARKED) {
      minutes.add(Kind.PARKED, registered(head), head.updatedAt(), now);
    }
  }
}
