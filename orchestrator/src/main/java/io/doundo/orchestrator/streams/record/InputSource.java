package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.streams.state.EnumCodes;
import io.doundo.protocol.Topics;
import java.util.List;

/** Where others speak to the orchestrator: each kind of record has a topic, and all share one. */
public enum InputSource {
  START(Topics.EXECUTION_START, RecordKind.START),
  RESPONSE(Topics.RESPONSE, RecordKind.ANSWER),
  CONTROL(Topics.CONTROL, RecordKind.CONTROL),
  SHARED_START(Topics.SHARED_EVENT, RecordKind.START),
  SHARED_RESPONSE(Topics.SHARED_EVENT, RecordKind.ANSWER),

  /** The internal topic: records on their way to their flow's partition, and committed turns. */
  REKEY(Topics.REKEY, RecordKind.REKEYED),

  /** What another flow tells, read from the internal topic. */
  TOLD(Topics.REKEY, RecordKind.MESSAGE),

  /** The start of a run, which a schedule sends through the internal topic. */
  SCHEDULE_START(Topics.REKEY, RecordKind.START),

  /** The request to a run to go back, which a schedule sends through the internal topic. */
  SCHEDULE_CONTROL(Topics.REKEY, RecordKind.CONTROL),

  /** A schedule asks its run how it stands, through the internal topic. */
  SCHEDULE_QUESTION(Topics.REKEY, RecordKind.CONTROL);

  /** The kind of a source's records. */
  public enum RecordKind {
    START,
    ANSWER,
    CONTROL,
    /** A record of the engine's own, which is never held or sent on. */
    REKEYED,
    /** A message of another flow, which is held while its flow is read from the archive. */
    MESSAGE
  }

  /** The sources with their own topics, which a task reads side by side. */
  public static final List<InputSource> OF_TASKS = List.of(START, RESPONSE, CONTROL);

  /** How a source is written in records of our own. Only append to it. */
  static final EnumCodes<InputSource> CODES =
      new EnumCodes<>(
          InputSource.class,
          List.of(
              START,
              RESPONSE,
              CONTROL,
              SHARED_START,
              SHARED_RESPONSE,
              REKEY,
              TOLD,
              SCHEDULE_START,
              SCHEDULE_CONTROL,
              SCHEDULE_QUESTION));

  private final String topic;
  private final RecordKind kind;

  InputSource(String topic, RecordKind kind) {
    this.topic = topic;
    this.kind = kind;
  }

  public String topic() {
    return topic;
  }

  public RecordKind kind() {
    return kind;
  }

  /** Whether a schedule has made the record, so that it carries an orchestrator's time. */
  public boolean isOfSchedule() {
    return this == SCHEDULE_START || this == SCHEDULE_CONTROL || this == SCHEDULE_QUESTION;
  }

  /** The source of a topic that a task reads; records of the shared topic are starts until read. */
  static InputSource ofTopic(String topic) {
    return switch (topic) {
      case Topics.EXECUTION_START -> START;
      case Topics.RESPONSE -> RESPONSE;
      case Topics.CONTROL -> CONTROL;
      case Topics.REKEY -> REKEY;
      case Topics.SHARED_EVENT -> SHARED_START;
      default -> throw new IllegalStateException("no input topic is named " + topic);
    };
  }
}
