package io.doundo.orchestrator.trigger.event;

import io.doundo.orchestrator.definition.EventTrigger.From;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this instance reads: how far each is read, and from where on each trigger
 * fires. A trigger that a partition meets for the first time begins with the first record that was
 * appended after its registration, by the time of the records; or, with {@code from: earliest},
 * with the first that there is, for which the partition is read again from there while the other
 * triggers wait until it is where they were. Used by the reading thread only.
 */
final class EventPartitions implements ConsumerRebalanceListener {

  /** How many looks ago a registration may have been that is seen only now; one is a second. */
  private static final int LOOKS = 5;

  private final Consumer<byte[], byte[]> consumer;
  private final Function<String, List<EventSubscription>> triggers;
  private final Map<TopicPartition, Place> places = new HashMap<>();
  private final Set<TopicPartition> changed = new HashSet<>();

  /** The positions at the last looks for changed triggers, oldest first. */
  private final Map<TopicPartition, Deque<Long>> looks = new HashMap<>();

  /**
   * @param position the next offset to read
   */
  private record Place(long position, Beginnings beginnings) {}

  /**
   * @param triggers the triggers of a topic
   */
  EventPartitions(
      Consumer<byte[], byte[]> consumer, Function<String, List<EventSubscription>> triggers) {
    this.consumer = consumer;
    this.triggers = triggers;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(assigned));
    for (TopicPartition partition : assigned) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) {
        settle(partition, null);
      } else {
        settle(partition, new Place(offset.offset(), Beginnings.of(offset.metadata())));
      }
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    // Everything that was read is committed before the next poll, so there is nothing to keep.
    places.keySet().removeAll(revoked);
    looks.keySet().removeAll(revoked);
    changed.removeAll(revoked);
  }

  /** The triggers that fire at an offset. */
  List<EventSubscription> firing(TopicPartition partition, long offset) {
    Place place = places.get(partition);
    return triggers.apply(partition.topic()).stream()
        .filter(trigger -> place == null || offset >= place.beginnings().beginning(trigger.id()))
        .toList();
  }

  /** The records before an offset are carried out. */
  void read(TopicPartition partition, long next) {
    places.computeIfPresent(partition, (same, place) -> new Place(next, place.beginnings()));
    changed.add(partition);
  }

  /**
   * The triggers were looked for, and may have changed.
   *
   * @param withdrawn those that are gone, by topic
   */
  void changed(Map<String, Set<String>> withdrawn) {
    for (Map.Entry<TopicPartition, Place> entry : Map.copyOf(places).entrySet()) {
      Beginnings kept = entry.getValue().beginnings();
      for (String trigger : withdrawn.getOrDefault(entry.getKey().topic(), Set.of())) {
        kept = kept.without(trigger);
        changed.add(entry.getKey());
      }
      settle(entry.getKey(), new Place(entry.getValue().position(), kept));
      noteLook(entry.getKey(), entry.getValue().position());
    }
  }

  private void noteLook(TopicPartition partition, long position) {
    Deque<Long> earlier = looks.computeIfAbsent(partition, unused -> new ArrayDeque<>());
    earlier.add(position);
    if (earlier.size() > LOOKS) {
      earlier.removeFirst();
    }
  }

  /**
   * The first offset that may have been read after a registration that is seen only now. What was
   * read before is never read again for a trigger that begins with its registration.
   */
  private long readBeforeSeen(TopicPartition partition, long position) {
    Deque<Long> earlier = looks.get(partition);
    return earlier == null ? position : Math.min(position, Collections.min(earlier));
  }

  /**
   * Goes on in partitions that no longer hold the next record to read. Where it expired, the
   * triggers go on with the first record that there is, none before its beginning. Where the topic
   * was created again or has lost its newest records, the offsets mean nothing now, and each
   * trigger begins as in a new partition.
   */
  void restart(Set<TopicPartition> lost) {
    Map<TopicPartition, Long> first = consumer.beginningOffsets(lost);
    first.forEach(
        (partition, offset) -> {
          Place place = places.get(partition);
          if (place != null && offset > place.position()) {
            consumer.seek(partition, offset);
            places.put(partition, new Place(offset, place.beginnings()));
          } else {
            looks.remove(partition);
            settle(partition, null);
          }
          changed.add(partition);
        });
  }

  /** The offsets that differ from the committed ones. */
  Map<TopicPartition, OffsetAndMetadata> toCommit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : changed) {
      Place place = places.get(partition);
      if (place != null) {
        offsets.put(
            partition,
            new OffsetAndMetadata(place.position(), place.beginnings().metadata(place.position())));
      }
    }
    return offsets;
  }

  void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    changed.removeAll(offsets.keySet());
  }

  /**
   * Lets the triggers begin that the partition does not know.
   *
   * @param known null when nothing of it was ever read
   */
  private void settle(TopicPartition partition, @Nullable Place known) {
    long position = known == null ? Long.MAX_VALUE : known.position();
    Beginnings beginnings = known == null ? Beginnings.NONE : known.beginnings();
    List<EventSubscription> present = triggers.apply(partition.topic());
    if (beginnings.isForeign()) {
      // Committed like this, they would all seem to be new at the next rebalance.
      beginnings = Beginnings.heldFor(present.stream().map(EventSubscription::id).toList());
      changed.add(partition);
    }
    for (EventSubscription trigger : present) {
      if (beginnings.knows(trigger.id())) {
        continue;
      }
      long beginning = beginning(partition, trigger);
      if (known != null && trigger.trigger().from() == From.LATEST) {
        beginning = Math.max(beginning, readBeforeSeen(partition, known.position()));
      }
      if (beginning < position) {
        beginnings = known == null ? beginnings : beginnings.notBefore(position);
        position = beginning;
      }
      beginnings = beginnings.with(trigger.id(), beginning);
      changed.add(partition);
    }
    if (position == Long.MAX_VALUE) {
      position = end(partition);
    }
    if (known == null || !places.containsKey(partition) || position != known.position()) {
      consumer.seek(partition, position);
    }
    places.put(partition, new Place(position, beginnings));
  }

  private long beginning(TopicPartition partition, EventSubscription trigger) {
    if (trigger.trigger().from() == From.EARLIEST) {
      return offset(consumer.beginningOffsets(Set.of(partition)), partition);
    }
    // Asked first: a record that is appended in between must not be before the end.
    long end = end(partition);
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(partition, trigger.since().getAsLong())).get(partition);
    return first == null ? end : first.offset();
  }

  private long end(TopicPartition partition) {
    return offset(consumer.endOffsets(Set.of(partition)), partition);
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    return offset == null ? 0 : offset;
  }
}
