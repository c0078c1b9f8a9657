package io.doundo.orchestrator.breaker.stored;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/**
 * What a task reports to a breaker through the rekey topic, under its {@link BreakerKey}: what it
 * has seen since its last report. It is read once, after the transaction that sent it is committed.
 *
 * @param task the number of its partition
 * @param ok how many answers were no faults
 * @param faults how many attempts timed out, or were answered as a fault of the service
 * @param held how many commands the task holds now
 */
public record BreakerMessage(String breaker, int task, int ok, int faults, int held) {

  /** The first byte of a record of the rekey topic that is for a breaker; JSON follows. */
  public static final byte TAG = 'B';

  /** The value of a record of the rekey topic. */
  public byte[] encode() {
    byte[] json =
        Json.MAPPER.writeValueAsBytes(
            Json.MAPPER
                .createObjectNode()
                .put("breaker", breaker)
                .put("task", task)
                .put("ok", ok)
                .put("faults", faults)
                .put("held", held));
    byte[] value = new byte[json.length + 1];
    value[0] = TAG;
    System.arraycopy(json, 0, value, 1, json.length);
    return value;
  }

  /** Reads the value of a record that begins with {@link #TAG}. */
  public static BreakerMessage decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(Arrays.copyOfRange(value, 1, value.length));
      return new BreakerMessage(
          JsonText.required(json, "breaker"),
          json.required("task").intValue(),
          json.required("ok").intValue(),
          json.required("faults").intValue(),
          json.required("held").intValue());
    } catch (RuntimeException e) {
      throw new MalformedRecordException(
          "the report to a breaker cannot be read: " + e.getMessage());
    }
  }
}
