package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.protocol.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a flow's audit log from the topic, committed records only. There is no index: it reads the
 * flow's partition around the times at which the flow's state says that something happened, then
 * what is missing in between, all of it for a bounded time. Thread-safe.
 */
public final class FlowTimeline {

  private final ReaderPool readers;
  private final Flows flows;
  private final boolean audited;

  /**
   * @param audited whether an audit log is written
   */
  public FlowTimeline(ReaderPool readers, Flows flows, boolean audited) {
    this.readers = readers;
    this.flows = flows;
    this.audited = audited;
  }

  /**
   * The part of a flow's log that was found.
   *
   * @param complete false when the scan had to end before it had all of it, or when the log is no
   *     longer kept that far back
   */
  public record Timeline(List<AuditRecord> records, boolean complete) {
    public List<TimelineEntry> entries() {
      return records.stream().flatMap(record -> TimelineEntry.of(record).stream()).toList();
    }
  }

  /**
   * The log of this life of the flow, as far as its state has come; empty for no such flow.
   *
   * @throws AuditOffException when no audit log is written
   */
  public Optional<Timeline> of(String flowId) {
    requireAudit();
    return flows.stored(flowId).map(flow -> of(flow.state()));
  }

  private void requireAudit() {
    if (!audited) {
      throw new AuditOffException();
    }
  }

  private Timeline of(FlowState state) {
    return readers.read(
        consumer -> {
          TopicPartition partition = FlowEventsTopic.partitionOf(state.flowId(), consumer);
          consumer.assign(List.of(partition));
          return new TimelineRead(
                  consumer,
                  partition,
                  state.flowId(),
                  state.transitions(),
                  record -> record.incarnation().equals(state.incarnation()))
              .read(TimelineWindows.of(state));
        });
  }

  /**
   * The log of a flow whose state is no longer kept: everything under its flowId from a point in
   * time on.
   *
   * @throws AuditOffException when no audit log is written
   */
  public Timeline since(String flowId, Instant from) {
    requireAudit();
    return readers.read(
        consumer -> {
          TopicPartition partition = FlowEventsTopic.partitionOf(flowId, consumer);
          consumer.assign(List.of(partition));
          return new TimelineRead(consumer, partition, flowId, TimelineRead.ALL, record -> true)
              .readSince(from.toEpochMilli() - TimelineWindows.CLOCK_SKEW.toMillis());
        });
  }
}
