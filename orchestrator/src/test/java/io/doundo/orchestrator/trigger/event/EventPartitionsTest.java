package io.doundo.orchestrator.trigger.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.trigger.TriggerProgram;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Where each trigger begins, goes on and begins again. */
class EventPartitionsTest {

  private static final TopicPartition LEADS = new TopicPartition("leads", 0);

  private final List<EventSubscription> triggers = new ArrayList<>();
  private final Broker broker = new Broker();
  private final EventPartitions partitions = new EventPartitions(broker, topic -> triggers);

  /** One partition whose records are one ms apart: that at offset n has the timestamp n. */
  private static final class Broker extends MockConsumer<byte[], byte[]> {

    private long start;
    private long end;

    /** Appended while the consumer asks for the first record after a time. */
    private int appendedMeanwhile;

    Broker() {
      super("none");
      assign(Set.of(LEADS));
    }

    void holds(long first, long next) {
      start = first;
      end = next;
    }

    @Override
    public synchronized Map<TopicPartition, Long> beginningOffsets(
        Collection<TopicPartition> asked) {
      return Map.of(LEADS, start);
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> asked) {
      return Map.of(LEADS, end);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      times.forEach(
          (partition, time) -> {
            long first = Math.max(start, time);
            found.put(
                partition,
                first < end ? new OffsetAndTimestamp(first, first, Optional.empty()) : null);
          });
      end += appendedMeanwhile;
      appendedMeanwhile = 0;
      return found;
    }
  }

  private static EventSubscription trigger(String name, From from, long since) {
    EventMapping all = new EventMapping(null, null, null, null);
    return new EventSubscription(
        "o",
        name,
        true,
        new EventTrigger("leads", from, all),
        new TriggerProgram("o", "event/o/" + name, all),
        () -> since);
  }

  private void assign() {
    partitions.onPartitionsRevoked(Set.of(LEADS));
    partitions.onPartitionsAssigned(Set.of(LEADS));
  }

  private void commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = partitions.toCommit();
    broker.commitSync(offsets);
    partitions.committed(offsets);
  }

  private List<String> firing(long offset) {
    return partitions.firing(LEADS, offset).stream().map(EventSubscription::name).toList();
  }

  @Test
  void anOffsetThatAnOperatorHasSetHoldsAfterTheNextRebalanceToo() {
    broker.holds(0, 1_000);
    broker.commitSync(Map.of(LEADS, new OffsetAndMetadata(900)));
    triggers.add(trigger("all", From.EARLIEST, 10));
    triggers.add(trigger("late", From.LATEST, 10));

    assign();
    assertThat(broker.position(LEADS)).isEqualTo(900);
    assertThat(firing(900)).containsExactly("all", "late");
    commit();
    assign();

    assertThat(broker.position(LEADS)).as("nothing that was skipped is read").isEqualTo(900);
    triggers.add(trigger("new", From.EARLIEST, 950));
    partitions.changed(Map.of());
    assertThat(broker.position(LEADS)).as("a later trigger begins as it says").isZero();
    assertThat(firing(899)).containsExactly("new");
    assertThat(firing(900)).containsExactly("all", "late", "new");
  }

  @Test
  void whereRecordsExpiredNoTriggerFiresBeforeItsBeginning() {
    broker.holds(0, 1_000);
    triggers.add(trigger("old", From.LATEST, 0));
    triggers.add(trigger("late", From.LATEST, 600));
    assign();
    partitions.read(LEADS, 200);
    broker.holds(500, 1_000);

    partitions.restart(Set.of(LEADS));

    assertThat(broker.position(LEADS)).isEqualTo(500);
    assertThat(firing(500)).containsExactly("old");
    assertThat(firing(600)).containsExactly("old", "late");
    commit();
    assign();
    assertThat(firing(500)).as("and so after a rebalance").containsExactly("old");
  }

  @Test
  void inATopicThatWasCreatedAgainOrCutEachTriggerBeginsAnew() {
    broker.holds(0, 1_000);
    triggers.add(trigger("late", From.LATEST, 30));
    triggers.add(trigger("all", From.EARLIEST, 30));
    assign();
    partitions.read(LEADS, 1_000);
    broker.holds(0, 40);

    partitions.restart(Set.of(LEADS));

    assertThat(broker.position(LEADS)).isZero();
    assertThat(firing(29)).as("older than its registration").containsExactly("all");
    assertThat(firing(30)).containsExactly("late", "all");
    assertThat(partitions.toCommit()).containsOnlyKeys(LEADS);
  }

  /** Another trigger has read them in the second before the registration was seen here. */
  @Test
  void recordsThatWereReadAfterARegistrationAndBeforeItWasSeenAreReadForItsTrigger() {
    broker.holds(0, 1_000);
    triggers.add(trigger("old", From.LATEST, 0));
    assign();
    partitions.read(LEADS, 100);
    partitions.changed(Map.of());
    partitions.read(LEADS, 150);
    triggers.add(trigger("new", From.LATEST, 120));
    triggers.add(trigger("unseen", From.LATEST, 10));

    partitions.changed(Map.of());

    assertThat(firing(99)).isEmpty();
    assertThat(firing(100)).as("bounded, whatever its registration says").containsExactly("unseen");
    assertThat(firing(120)).containsExactly("new", "unseen");
    assertThat(firing(150)).containsExactly("old", "new", "unseen");
    assertThat(broker.position(LEADS)).isEqualTo(100);

    partitions.read(LEADS, 150);
    for (int look = 0; look < 5; look++) {
      partitions.changed(Map.of());
    }
    triggers.add(trigger("later", From.LATEST, 10));
    partitions.changed(Map.of());
    assertThat(firing(149)).containsExactly("new", "unseen");
    assertThat(firing(150)).containsExactly("old", "new", "unseen", "later");
  }

  @Test
  void aRecordThatIsAppendedWhileTheBeginningIsLookedForIsRead() {
    broker.holds(0, 5);
    triggers.add(trigger("late", From.LATEST, 5));
    broker.appendedMeanwhile = 1;

    assign();

    assertThat(broker.position(LEADS)).isEqualTo(5);
    assertThat(firing(5)).containsExactly("late");
  }
}
