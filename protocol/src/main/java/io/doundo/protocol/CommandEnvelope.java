package io.doundo.protocol;

import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * The value of a command record: {@code {"headers":{…},"payload":…}}. The body headers are exactly
 * these eight and the start's extra ones, because strict parsers in other code bases reject unknown
 * fields; new metadata goes into record headers.
 *
 * @param seq the step's number at registration
 * @param attempt counts from 1 and never restarts
 * @param timestamp ms since the epoch
 */
public record CommandEnvelope(
    String flowId,
    String orchestrationName,
    String stepName,
    CommandAction action,
    int seq,
    int attempt,
    long timestamp) {

  /** {@code do<step>} or {@code undo<step>}: distinguishes commands on the shared topic. */
  public String eventType() {
    return (action == CommandAction.DO ? "do" : "undo") + stepName;
  }

  /** The record value; the payload is copied in byte for byte. */
  public byte[] encode(RawJson payload) {
    return encode(payload, null);
  }

  /**
   * The same with the body headers that the start brought.
   *
   * @param startHeaders an object without any of the eight, or null
   */
  public byte[] encode(RawJson payload, @Nullable RawJson startHeaders) {
    int room = startHeaders == null ? 0 : startHeaders.size();
    return new JsonWriter(payload.size() + room + 400)
        .beginObject()
        .beginObject("headers")
        .field("flowId", flowId)
        .field("orchestrationName", orchestrationName)
        .field("stepName", stepName)
        .field("action", action.name())
        .field("seq", seq)
        .field("attempt", attempt)
        .field("eventType", eventType())
        .time("timestamp", timestamp)
        .fieldsOf(startHeaders)
        .endObject()
        .field("payload", payload)
        .endObject()
        .toByteArray();
  }
}
