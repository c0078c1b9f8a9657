package io.doundo.orchestrator.streams;

import io.doundo.protocol.Topics;
import java.util.List;

/** The topics in which others speak to the orchestrator. */
enum Source {
  START(Topics.EXECUTION_START),
  RESPONSE(Topics.RESPONSE),
  CONTROL(Topics.CONTROL);

  /** How a source is written in records of our own. */
  static final EnumCodes<Source> CODES =
      new EnumCodes<>(Source.class, List.of(START, RESPONSE, CONTROL));

  private final String topic;

  Source(String topic) {
    this.topic = topic;
  }

  String topic() {
    return topic;
  }
}
