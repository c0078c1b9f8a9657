package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Utf8;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the records of the input topics and brings each to its flow: on this partition to the
 * flow's update, on another one through the rekey topic, once. Unreadable records become dead
 * letters. Not thread-safe.
 */
final class InputRouter {

  private final EngineSettings settings;
  private final Partitions partitions;
  private final int partition;
  private final InputSizeLimit oversized;
  private final DeadLetters deadLetters;

  /**
   * @param partition the task's own
   */
  InputRouter(EngineSettings settings, int partition, DeadLetters deadLetters) {
    this.settings = settings;
    this.partitions = new Partitions(settings.partitions());
    this.partition = partition;
    this.oversized = new InputSizeLimit(settings);
    this.deadLetters = deadLetters;
  }

  /** Handles a record whose flow belongs to this partition. */
  interface Destination {

    /**
     * Takes a start.
     *
     * @param named whether the record itself names the flow, rather than leaving that to us
     * @param requestedBy the authenticated caller who sent it over REST; null when the record does
     *     not prove that there is one
     */
    void onStart(
        InputRecord record,
        StartEvent event,
        String flowId,
        boolean named,
        @Nullable String requestedBy,
        Plan plan);

    void onMessage(Message message, Plan plan);

    /** Takes what an operator asks of a schedule of this partition. */
    void onSchedule(InputRecord record, ScheduleCommand command, Plan plan);

    /** Takes what an operator asks of a breaker of this partition. */
    void onBreaker(InputRecord record, BreakerCommand command, Plan plan);
  }

  /**
   * @param hopped whether it comes from another partition
   */
  void take(InputRecord record, boolean hopped, Destination destination, Plan plan) {
    try {
      InputRecord fitting = fit(record);
      if (fitting == null) {
        plan.send(deadLetters.of(record, oversized.reason(record)));
      } else if (record.source().kind() == InputSource.RecordKind.START) {
        takeStart(fitting, hopped, destination, plan);
      } else if (fitting.source().kind() == InputSource.RecordKind.CONTROL
          && (takeSchedule(fitting, hopped, destination, plan)
              || takeBreaker(fitting, hopped, destination, plan))) {
        return;
      } else {
        Message message = decode(fitting);
        if (isHere(message.flowId(), fitting, hopped, plan)) {
          destination.onMessage(message, plan);
        }
      }
    } catch (MalformedRecordException e) {
      plan.send(deadLetters.of(record, e.reason()));
    }
  }

  /** Takes a control record that is for a schedule; false when it is for a flow. */
  private boolean takeSchedule(
      InputRecord record, boolean hopped, Destination destination, Plan plan)
      throws MalformedRecordException {
    ScheduleCommand command = ScheduleCommand.decodeIfOne(record.value());
    if (command == null) {
      return false;
    }
    ScheduleName name = new ScheduleName(command.orchestration(), command.trigger());
    if (isHere(ScheduleKey.of(name), record, hopped, plan)) {
      destination.onSchedule(record, command, plan);
    }
    return true;
  }

  /** Takes a control record that is for a breaker; false when it is for a flow. */
  private boolean takeBreaker(
      InputRecord record, boolean hopped, Destination destination, Plan plan)
      throws MalformedRecordException {
    BreakerCommand command = BreakerCommand.decodeIfOne(record.value());
    if (command == null) {
      return false;
    }
    if (isHere(BreakerKey.of(command.breaker()), record, hopped, plan)) {
      destination.onBreaker(record, command, plan);
    }
    return true;
  }

  /** Decodes an answer, a control record or a held message of another flow. */
  Message decode(InputRecord record) throws MalformedRecordException {
    return switch (record.source().kind()) {
      case ANSWER ->
          new AnswerMessage(
              record,
              AnswerEnvelope.decode(record.value(), record.key(), record.headerLookup()),
              settings.maxRecordBytes(),
              settings.failStep());
      case CONTROL ->
          new ControlMessage(
              record,
              ControlCommand.decode(record.value(), record.key(), record.headerLookup()),
              isVerified(record));
      case MESSAGE -> told(record);
      case START, REKEYED ->
          throw new IllegalArgumentException("no message to a flow: " + record.source());
    };
  }

  private static FlowMessages.Incoming told(InputRecord record) throws MalformedRecordException {
    byte[] key = record.key();
    byte[] value = record.value();
    String flowId = key == null ? null : Utf8.decode(key);
    if (flowId != null
        && value != null
        && RekeyCodec.decode(value) instanceof RekeyCodec.MessageRecord message) {
      return new FlowMessages.Incoming(record, flowId, message.told());
    }
    throw new MalformedRecordException("no message of another flow");
  }

  private boolean isVerified(InputRecord record) {
    byte[] value = record.value();
    byte[] mark = record.headerLookup().last(RecordHeaders.SENDER_MARK);
    return value != null
        && mark != null
        && settings
            .senders()
            .isOf(value, new String(mark, StandardCharsets.UTF_8), record.appendedAt());
  }

  private void takeStart(InputRecord record, boolean hopped, Destination destination, Plan plan)
      throws MalformedRecordException {
    StartEvent event = StartEvent.decode(record.value(), record.key(), record.headerLookup());
    String named = event.flowId();
    String flowId = named == null ? partitions.deriveFlowId(record) : named;
    if (isHere(flowId, record, hopped, plan)) {
      destination.onStart(record, event, flowId, named != null, verifiedCaller(record), plan);
    }
  }

  private @Nullable String verifiedCaller(InputRecord record) {
    byte[] value = record.value();
    byte[] mark = record.headerLookup().last(RecordHeaders.SENDER_MARK);
    byte[] name = record.headerLookup().last(RecordHeaders.REQUESTED_BY);
    String caller = name == null ? null : Utf8.decode(name);
    return value != null
            && mark != null
            && caller != null
            && settings
                .senders()
                .isOfStart(
                    value, caller, new String(mark, StandardCharsets.UTF_8), record.appendedAt())
        ? caller
        : null;
  }

  private boolean isHere(String flowId, InputRecord record, boolean hopped, Plan plan) {
    int home = partitions.of(flowId);
    if (home == partition) {
      return true;
    }
    if (hopped) {
      plan.send(
          deadLetters.of(
              record,
              "flow %s belongs to partition %d but its record arrived on %d: the topics differ in"
                      .formatted(flowId, home, partition)
                  + " their partition counts"));
    } else {
      plan.send(OutputRecord.of(Topics.REKEY, flowId, new RekeyCodec.Hop(record).encode()));
    }
    return false;
  }

  private @Nullable InputRecord fit(InputRecord record) throws MalformedRecordException {
    if (!oversized.is(record)) {
      return record;
    }
    return record.source().kind() == InputSource.RecordKind.ANSWER ? oversized.cut(record) : null;
  }
}
