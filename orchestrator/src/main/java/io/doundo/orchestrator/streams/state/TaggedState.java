package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * How the state of something that is no flow is written in the flows store, under its own key: a
 * tag, then the state as JSON. Immutable.
 */
public final class TaggedState<S> {

  public static final TaggedState<ScheduleState> SCHEDULE =
      new TaggedState<>(
          "a schedule",
          FlowValue.SCHEDULE,
          ScheduleStateCodec.SCHEMA,
          ScheduleStateCodec::schemaOf,
          ScheduleStateCodec::encode,
          ScheduleStateCodec::decode);

  public static final TaggedState<BreakerState> BREAKER =
      new TaggedState<>(
          "a breaker",
          FlowValue.BREAKER,
          BreakerStateCodec.SCHEMA,
          BreakerStateCodec::schemaOf,
          BreakerStateCodec::encode,
          BreakerStateCodec::decode);

  @FunctionalInterface
  private interface Decoder<S> {
    S decode(byte[] json) throws MalformedRecordException;
  }

  private final String what;
  private final byte tag;
  private final int schema;
  private final ToIntFunction<byte[]> schemaOf;
  private final Function<S, byte[]> encoder;
  private final Decoder<S> decoder;

  private TaggedState(
      String what,
      byte tag,
      int schema,
      ToIntFunction<byte[]> schemaOf,
      Function<S, byte[]> encoder,
      Decoder<S> decoder) {
    this.what = what;
    this.tag = tag;
    this.schema = schema;
    this.schemaOf = schemaOf;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** The value in the store. */
  public byte[] encode(S state) {
    byte[] json = encoder.apply(state);
    byte[] value = new byte[json.length + 1];
    value[0] = tag;
    System.arraycopy(json, 0, value, 1, json.length);
    return value;
  }

  /**
   * Reads a value.
   *
   * @throws UnreadableValueException when the bytes are damaged
   * @throws NewerSchemaException when a newer release wrote them
   */
  public S decode(byte[] value) {
    if (value.length == 0 || value[0] != tag) {
      throw new UnreadableValueException("the value is not " + what);
    }
    byte[] json = Arrays.copyOfRange(value, 1, value.length);
    NewerSchemaException.check(what, schemaOf.applyAsInt(json), schema);
    try {
      return decoder.decode(json);
    } catch (MalformedRecordException e) {
      throw new UnreadableValueException(e.reason());
    }
  }
}
