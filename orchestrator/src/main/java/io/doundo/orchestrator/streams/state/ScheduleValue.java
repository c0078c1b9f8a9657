package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;

/** The value of a schedule in the flows store: a tag, then its state as JSON. Stateless. */
public final class ScheduleValue {

  private ScheduleValue() {}

  public static byte[] encode(ScheduleState state) {
    byte[] json = ScheduleStateCodec.encode(state);
    byte[] value = new byte[json.length + 1];
    value[0] = FlowValue.SCHEDULE;
    System.arraycopy(json, 0, value, 1, json.length);
    return value;
  }

  /**
   * Reads a value.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public static ScheduleState decode(byte[] value) {
    if (value.length == 0 || value[0] != FlowValue.SCHEDULE) {
      throw new UnreadableValueException("the value is not a schedule");
    }
    byte[] json = Arrays.copyOfRange(value, 1, value.length);
    NewerSchemaException.check(
        "a schedule", ScheduleStateCodec.schemaOf(json), ScheduleStateCodec.SCHEMA);
    try {
      return ScheduleStateCodec.decode(json);
    } catch (MalformedRecordException e) {
      throw new UnreadableValueException(e.reason());
    }
  }
}
