package io.doundo.orchestrator.query.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.query.ConcurrencyLimit;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.flow.FlowSelection;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the flows that a version of a worker has run, in the topics themselves: the changelog of
 * live flows, and the archive from the beginning of the time in question. So the answer does not
 * depend on how many flows the lists hold: it is exact, or refused. One scan at a time.
 * Thread-safe.
 */
public final class WorkerRunScan {

  private static final byte[] OTHERS = WorkerRun.OTHERS.getBytes(US_ASCII);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(90);

  private final ReaderPool readers;
  private final String changelog;
  private final DefinitionLookup definitions;
  private final Duration retention;
  private final Clock clock;
  private final ConcurrencyLimit scans =
      new ConcurrencyLimit(
          1, Duration.ZERO, "Another search of the ended flows is running; try again in a moment.");

  /**
   * @param changelog name of the changelog topic of the flows store
   * @param retention how long ended flows are kept
   */
  public WorkerRunScan(
      ReaderPool readers,
      String changelog,
      DefinitionLookup definitions,
      Duration retention,
      Clock clock) {
    this.readers = readers;
    this.changelog = changelog;
    this.definitions = definitions;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * All flows whose step was run by this version within the time, oldest start first.
   *
   * @param limit of more flows, only so many are returned
   * @throws ReadsUnavailableException when another scan is running, or the topics cannot be read in
   *     time
   * @throws IllegalArgumentException when flows that ended within the time are no longer kept; the
   *     message is for a person
   */
  public FlowSelection find(RanOn query, int limit) {
    Instant oldest = clock.instant().minus(retention);
    if (query.from().isBefore(oldest)) {
      throw new IllegalArgumentException(
          "Flows that ended before %s are no longer kept, so those that ran since %s are not all known. Begin later, or look into the audit log."
              .formatted(oldest, query.from()));
    }
    return scans.run(() -> readers.read(consumer -> new Scan(query, consumer).run(limit)));
  }

  /** A flow that matches, as far as the records up to now show it. */
  private record Found(SelectedFlow flow, long startedAt) {

    boolean isOlderThan(Found other) {
      return startedAt == other.startedAt
          ? flow.transition() < other.flow.transition()
          : startedAt < other.startedAt;
    }
  }

  private final class Scan {

    private final RanOn query;
    private final Consumer<byte[], byte[]> consumer;
    private final byte[] version;
    private final Map<String, Found> found = new HashMap<>();

    /** Flows whose step more versions ran within the time than it tells apart. */
    private final Set<String> unclear = new HashSet<>();

    Scan(RanOn query, Consumer<byte[], byte[]> consumer) {
      this.query = query;
      this.consumer = consumer;
      this.version = query.workerVersion().getBytes(US_ASCII);
    }

    FlowSelection run(int limit) {
      Instant asOf = clock.instant();
      // An end is archived before its flow leaves the changelog, so no flow slips through when the
      // changelog is read first and the archive up to an end that is taken afterwards.
      read(TopicPartitions.of(changelog, consumer), false);
      read(TopicPartitions.of(Topics.ARCHIVE, consumer), true);
      List<SelectedFlow> flows =
          found.values().stream()
              .sorted(
                  Comparator.comparingLong(Found::startedAt)
                      .thenComparing(one -> one.flow().flowId()))
              .map(Found::flow)
              .limit(limit + 1L)
              .toList();
      boolean overLimit = flows.size() > limit;
      unclear.removeAll(found.keySet());
      return new FlowSelection(
          overLimit ? flows.subList(0, limit) : flows, overLimit, asOf, true, note());
    }

    private @Nullable String note() {
      return unclear.isEmpty()
          ? null
          : "%d flows are left out: so many versions ran their step that the flow does not tell them all apart. Look at them one by one: %s"
              .formatted(
                  unclear.size(),
                  unclear.stream().sorted().limit(20).collect(Collectors.joining(", ")));
    }

    private void read(List<TopicPartition> partitions, boolean isArchive) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      if (isArchive) {
        seekTo(partitions);
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Set<TopicPartition> unread = new HashSet<>(partitions);
      long end = System.nanoTime() + LONGEST.toNanos();
      while (true) {
        unread.removeIf(at -> consumer.position(at) >= ends.getOrDefault(at, 0L));
        if (unread.isEmpty()) {
          return;
        }
        if (System.nanoTime() > end) {
          throw new ReadsUnavailableException(
              "Reading the ended flows since %s took longer than %d s; begin later."
                  .formatted(query.from(), LONGEST.toSeconds()));
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record, isArchive);
        }
      }
    }

    /** A flow that ran within the time ended after its beginning, or has not ended. */
    private void seekTo(List<TopicPartition> partitions) {
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(partition -> times.put(partition, query.from().toEpochMilli()));
      // The ends first: a flow that ends in between would be missed.
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
      for (TopicPartition partition : partitions) {
        OffsetAndTimestamp first = offsets.get(partition);
        consumer.seek(partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset());
      }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, boolean isArchive) {
      byte[] value = record.value();
      if (value == null || !mayMatch(value)) {
        return;
      }
      Optional<StoredFlow> flow = isArchive ? FlowRecords.archived(value) : FlowRecords.live(value);
      flow.map(StoredFlow::state).filter(this::matches).ifPresent(this::keep);
    }

    private void keep(FlowState flow) {
      Found one = new Found(SelectedFlow.of(flow), flow.origin().startedAt());
      found.merge(flow.flowId(), one, (known, read) -> known.isOlderThan(read) ? read : known);
    }

    /** Whether it is worth decoding: the version stands in the value as it is. */
    private boolean mayMatch(byte[] value) {
      return contains(value, version) || contains(value, OTHERS);
    }

    private boolean matches(FlowState flow) {
      if (query.orchestration() != null
          && !query.orchestration().equals(flow.orchestrationName())) {
        return false;
      }
      Integer step = stepOf(flow);
      if (step == null) {
        return false;
      }
      boolean isMatch = ranOn(flow.steps().get(step));
      if (!isMatch && isUnclear(flow.steps().get(step))) {
        unclear.add(flow.flowId());
      }
      return isMatch;
    }

    private boolean isUnclear(StepState step) {
      return step.outside().runs().stream()
          .anyMatch(
              run ->
                  run.isShared()
                      && run.isWithin(query.from().toEpochMilli(), query.to().toEpochMilli()));
    }

    private @Nullable Integer stepOf(FlowState flow) {
      if (flow.definition() == null) {
        return null;
      }
      Orchestration definition =
          definitions
              .of(flow)
              .orElseThrow(
                  () ->
                      new ReadsUnavailableException(
                          "The definition %s of the flow %s cannot be read yet."
                              .formatted(flow.definition(), flow.flowId())));
      for (int i = 0; i < definition.steps().size(); i++) {
        if (definition.steps().get(i).name().equals(query.step())) {
          return i;
        }
      }
      return null;
    }

    private boolean ranOn(StepState step) {
      long from = query.from().toEpochMilli();
      long to = query.to().toEpochMilli();
      for (WorkerRun run : step.outside().runs()) {
        if (run.isOf(query.workerVersion(), CommandAction.DO, from, to)
            || run.isOf(query.workerVersion(), CommandAction.UNDO, from, to)) {
          return true;
        }
      }
      return false;
    }
  }

  static boolean contains(byte[] value, byte[] part) {
    int last = value.length - part.length;
    for (int i = 0; i <= last; i++) {
      int same = 0;
      while (same < part.length && value[i + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }
}
