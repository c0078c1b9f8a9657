package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;

/** The value of a breaker in the flows store: a tag, then its state as JSON. Stateless. */
public final class BreakerValue {

  private BreakerValue() {}

  public static byte[] encode(BreakerState state) {
    byte[] json = BreakerStateCodec.encode(state);
    byte[] value = new byte[json.length + 1];
    value[0] = FlowValue.BREAKER;
    System.arraycopy(json, 0, value, 1, json.length);
    return value;
  }

  /**
   * Reads a value.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public static BreakerState decode(byte[] value) {
    if (value.length == 0 || value[0] != FlowValue.BREAKER) {
      throw new UnreadableValueException("the value is not a breaker");
    }
    byte[] json = Arrays.copyOfRange(value, 1, value.length);
    NewerSchemaException.check(
        "a breaker", BreakerStateCodec.schemaOf(json), BreakerStateCodec.SCHEMA);
    try {
      return BreakerStateCodec.decode(json);
    } catch (MalformedRecordException e) {
      throw new UnreadableValueException(e.reason());
    }
  }
}
