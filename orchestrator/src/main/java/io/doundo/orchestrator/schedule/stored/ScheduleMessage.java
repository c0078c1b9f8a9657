package io.doundo.orchestrator.schedule.stored;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a schedule is told through the rekey topic, under its {@link ScheduleKey}. It is read once,
 * after the transaction that sent it is committed.
 */
public sealed interface ScheduleMessage {

  /** The first byte of a record of the rekey topic that is for a schedule; JSON follows. */
  byte TAG = 'K';

  ScheduleName name();

  /**
   * The control plane tells what the newest version says of a schedule.
   *
   * @param schedule null when it does not have it
   * @param stopped why the orchestration accepts no starts; null when it does
   */
  record Declared(ScheduleName name, @Nullable Schedule schedule, @Nullable String stopped)
      implements ScheduleMessage {}

  /**
   * A run tells how it stands.
   *
   * @param transition the number of its transition
   * @param status the name of its status
   * @param reason why it stands so, or null
   */
  record Moved(
      ScheduleName name,
      String flowId,
      int transition,
      Standing standing,
      String status,
      @Nullable String reason)
      implements ScheduleMessage {}

  /** The value of a record of the rekey topic. */
  static byte[] encode(ScheduleMessage message) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("orchestration", message.name().orchestration());
    json.put("trigger", message.name().trigger());
    if (message instanceof Declared declared) {
      ObjectNode content = json.putObject("declared");
      if (declared.schedule() != null) {
        content.set("schedule", ScheduleJson.write(declared.schedule()));
      }
      if (declared.stopped() != null) {
        content.put("stopped", declared.stopped());
      }
    } else if (message instanceof Moved moved) {
      ObjectNode content =
          json.putObject("moved")
              .put("flowId", moved.flowId())
              .put("transition", moved.transition())
              .put("standing", moved.standing().name())
              .put("status", moved.status());
      if (moved.reason() != null) {
        content.put("reason", moved.reason());
      }
    }
    byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
    byte[] value = new byte[bytes.length + 1];
    value[0] = TAG;
    System.arraycopy(bytes, 0, value, 1, bytes.length);
    return value;
  }

  /** Reads the value of a record that begins with {@link #TAG}. */
  static ScheduleMessage decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(Arrays.copyOfRange(value, 1, value.length));
      ScheduleName name =
          new ScheduleName(
              JsonText.required(json, "orchestration"), JsonText.required(json, "trigger"));
      JsonNode declared = json.get("declared");
      if (declared != null) {
        return new Declared(
            name,
            declared.has("schedule") ? ScheduleJson.read(declared.required("schedule")) : null,
            declared.path("stopped").asString(null));
      }
      JsonNode moved = json.required("moved");
      return new Moved(
          name,
          JsonText.required(moved, "flowId"),
          moved.required("transition").intValue(),
          Standing.valueOf(JsonText.required(moved, "standing")),
          JsonText.required(moved, "status"),
          moved.path("reason").asString(null));
    } catch (RuntimeException e) {
      throw new MalformedRecordException(
          "the message to a schedule cannot be read: " + e.getMessage());
    }
  }
}
