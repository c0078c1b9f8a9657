package io.doundo.orchestrator.streams;

import org.jspecify.annotations.Nullable;

/**
 * The records of the internal rekey topic, all keyed by flowId: a record on its way to the
 * partition of its flow, a turn that is committed once it can be read, and an ended flow that the
 * archive gives back. Stateless.
 */
final class RekeyCodec {

  private static final byte HOP = 'H';
  private static final byte TURN = 'T';
  private static final byte CONTENT = 'C';
  private static final byte RECALLED = 'R';

  private RekeyCodec() {}

  /** A record of the rekey topic. */
  sealed interface Rekeyed {

    byte[] encode();

    <R> R accept(Handler<R> handler);
  }

  /** One method per kind, so that a missing case does not compile. */
  interface Handler<R> {
    R on(Hop hop);

    R on(Turn turn);

    R on(RecalledContent content);

    R on(Recalled recalled);
  }

  /** A record that was appended to another partition than its flow's. */
  record Hop(InboundRecord record) implements Rekeyed {
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
  record Turn(String incarnation, int number) implements Rekeyed {
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

  /** One of the larger contents of a flow that the archive gives back; it precedes the flow. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  record RecalledContent(String digest, byte[] bytes) implements Rekeyed {
    @Override
    public byte[] encode() {
      ByteWriter out = new ByteWriter(bytes.length + 32);
      out.writeByte(CONTENT);
      out.writeDigest(digest);
      out.writeRaw(bytes);
      return out.toByteArray();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * What the archive answers to a recall.
   *
   * @param flow encoded by {@link FlowStateCodec}; null when the archive has it no longer
   * @param record the record for which the flow was recalled
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  record Recalled(byte @Nullable [] flow, InboundRecord record) implements Rekeyed {
    @Override
    public byte[] encode() {
      ByteWriter out = new ByteWriter(record.size() + (flow == null ? 0 : flow.length));
      out.writeByte(RECALLED);
      out.writeNullableBytes(flow);
      record.writeTo(out);
      return out.toByteArray();
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Reads a record of the rekey topic.
   *
   * @throws UnreadableValueException when it is none of ours
   */
  static Rekeyed decode(byte[] value) {
    ByteReader in = new ByteReader(value);
    int kind = in.readByte();
    return switch (kind) {
      case HOP -> new Hop(InboundRecord.readFrom(in));
      case TURN -> new Turn(in.readDigest(), in.readInt());
      case CONTENT -> new RecalledContent(in.readDigest(), in.readRest());
      case RECALLED -> new Recalled(in.readNullableBytes(), InboundRecord.readFrom(in));
      default -> throw new UnreadableValueException("no rekey record begins with " + kind);
    };
  }
}
