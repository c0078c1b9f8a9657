package io.doundo.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.core.JsonGenerator;

/**
 * The value of a command record: {@code {"headers":{…},"payload":…}}. The body headers are exactly
 * these eight, because strict parsers in other code bases reject unknown fields; new metadata goes
 * into record headers.
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

  private static final byte[] BEFORE_HEADERS = "{\"headers\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BEFORE_PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);

  /** {@code do<step>} or {@code undo<step>}: what tells commands apart on the shared topic. */
  public String eventType() {
    return (action == CommandAction.DO ? "do" : "undo") + stepName;
  }

  /** The record value; the payload is copied in byte for byte. */
  public byte[] encode(RawJson payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.size() + 320);
    out.writeBytes(BEFORE_HEADERS);
    try (JsonGenerator json = Json.MAPPER.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("flowId", flowId);
      json.writeStringProperty("orchestrationName", orchestrationName);
      json.writeStringProperty("stepName", stepName);
      json.writeStringProperty("action", action.name());
      json.writeNumberProperty("seq", seq);
      json.writeNumberProperty("attempt", attempt);
      json.writeStringProperty("eventType", eventType());
      json.writeStringProperty("timestamp", Instant.ofEpochMilli(timestamp).toString());
      json.writeEndObject();
    }
    out.writeBytes(BEFORE_PAYLOAD);
    out.writeBytes(payload.bytes());
    out.write('}');
    return out.toByteArray();
  }
}
