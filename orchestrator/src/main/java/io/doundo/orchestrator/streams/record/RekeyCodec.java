package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.breaker.stored.BreakerMessage;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.orchestrator.streams.state.ByteReader;
import io.doundo.orchestrator.streams.state.ByteWriter;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.protocol.json.MalformedRecordException;

/**
 * The records of the internal rekey topic, keyed by flowId: a record on its way to the partition of
 * its flow, a turn that is committed once it can be read, and what one flow tells another; and
 * keyed by the key of a schedule or of a breaker, what that one is told. Stateless.
 */
public final class RekeyCodec {

  private static final byte HOP = 'H';
  private static final byte TURN = 'T';
  private static final byte MESSAGE = 'M';

  private RekeyCodec() {}

  /** A record of the rekey topic. */
  public sealed interface Rekeyed {

    byte[] encode();

    <R> R accept(Handler<R> handler);
  }

  /** One method per kind, so that a missing case does not compile. */
  public interface Handler<R> {
    R on(Hop hop);

    R on(Turn turn);

    R on(MessageRecord message);

    R on(ToSchedule told);

    R on(ToBreaker told);
  }

  /** A record that was appended to another partition than its flow's. */
  public record Hop(InputRecord record) implements Rekeyed {
    @Override
    public byte[] encode() {
      ByteWriter out = new ByteWriter(record.size());
      out.writeByte(HOP);
      record.writeTo(out);
      return out.toByteArray();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A turn of one life of a flowId. */
  public record Turn(String incarnation, int number) implements Rekeyed {
    @Override
    public byte[] encode() {
      ByteWriter out = new ByteWriter(32);
      out.writeByte(TURN);
      out.writeDigest(incarnation);
      out.writeNumber(number);
      return out.toByteArray();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** What one flow tells another. */
  public record MessageRecord(FlowMessageCodec.Told told) implements Rekeyed {
    @Override
    public byte[] encode() {
      byte[] message = FlowMessageCodec.encode(told.message(), told.contents());
      ByteWriter out = new ByteWriter(message.length + 1);
      out.writeByte(MESSAGE);
      out.writeRaw(message);
      return out.toByteArray();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** What a schedule is told, under its key. */
  public record ToSchedule(ScheduleMessage message) implements Rekeyed {
    @Override
    public byte[] encode() {
      return ScheduleMessage.encode(message);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** What a breaker is told, under its key. */
  public record ToBreaker(BreakerMessage message) implements Rekeyed {
    @Override
    public byte[] encode() {
      return message.encode();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Whether a value begins as a turn does. */
  public static boolean isTurn(byte[] value) {
    return value.length > 0 && value[0] == TURN;
  }

  /** Whether a value begins as a message of another flow does. */
  public static boolean isMessage(byte[] value) {
    return value.length > 0 && value[0] == MESSAGE;
  }

  /**
   * Reads a record of the rekey topic.
   *
   * @throws UnreadableValueException when it is none of ours
   */
  public static Rekeyed decode(byte[] value) {
    ByteReader in = new ByteReader(value);
    int kind = in.readByte();
    return switch (kind) {
      case HOP -> new Hop(hopped(InputRecord.readFrom(in)));
      case TURN -> new Turn(in.readDigest(), in.readInt());
      case MESSAGE -> new MessageRecord(FlowMessageCodec.decode(in.readRest()));
      case ScheduleMessage.TAG -> toSchedule(value);
      case BreakerMessage.TAG -> toBreaker(value);
      default -> throw new UnreadableValueException("no rekey record begins with " + kind);
    };
  }

  private static InputRecord hopped(InputRecord record) {
    if (record.source() == InputSource.TOLD) {
      throw new UnreadableValueException("a message between flows is never sent on");
    }
    return record;
  }

  private static ToBreaker toBreaker(byte[] value) {
    try {
      return new ToBreaker(BreakerMessage.decode(value));
    } catch (MalformedRecordException e) {
      throw new UnreadableValueException(e.reason());
    }
  }

  private static ToSchedule toSchedule(byte[] value) {
    try {
      return new ToSchedule(ScheduleMessage.decode(value));
    } catch (MalformedRecordException e) {
      throw new UnreadableValueException(e.reason());
    }
  }
}
