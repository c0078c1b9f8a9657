package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.streams.state.ByteReader;
import io.doundo.orchestrator.streams.state.ByteWriter;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.HeaderLookup;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read from one of the input topics, with where and when it stood there. It
 * keeps that origin when it is held or sent to another partition.
 *
 * @param appendedAt when the broker appended it, ms since the epoch
 * @param cut whether its value was too large to be kept and only its envelope is left
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
public record InputRecord(
    InputSource source,
    int partition,
    long offset,
    long appendedAt,
    byte @Nullable [] key,
    List<Header> headers,
    byte @Nullable [] value,
    boolean cut) {

  /** A record with more headers is not kept whole. */
  public static final int MAX_HEADERS = 1_000;

  /** A record as Kafka Streams hands it over. */
  public static InputRecord of(
      Record<byte @Nullable [], byte @Nullable []> record, RecordMetadata metadata) {
    return new InputRecord(
        InputSource.ofTopic(metadata.topic()),
        metadata.partition(),
        metadata.offset(),
        record.timestamp(),
        record.key(),
        List.of(record.headers().toArray()),
        record.value(),
        false);
  }

  /** The same record, once it is known what it is. */
  public InputRecord as(InputSource known) {
    return new InputRecord(known, partition, offset, appendedAt, key, headers, value, cut);
  }

  /** Topic, partition and offset, for messages. */
  public String position() {
    return source.topic() + '-' + partition + '@' + offset;
  }

  /** A rough upper bound of its size on the wire. */
  public int size() {
    int size = 64 + length(key) + length(value);
    for (Header header : headers) {
      size += header.key().length() * 3 + length(header.value()) + 10;
    }
    return size;
  }

  public HeaderLookup headerLookup() {
    return name -> {
      byte[] found = null;
      for (Header header : headers) {
        if (header.key().equals(name)) {
          found = header.value();
        }
      }
      return found;
    };
  }

  public void writeTo(ByteWriter out) {
    out.writeByte(InputSource.CODES.codeOf(source));
    out.writeBoolean(cut);
    out.writeNumber(partition);
    out.writeNumber(offset);
    out.writeNumber(appendedAt);
    out.writeNullableBytes(key);
    out.writeNumber(headers.size());
    for (Header header : headers) {
      out.writeText(header.key());
      out.writeNullableBytes(header.value());
    }
    out.writeNullableBytes(value);
  }

  public static InputRecord readFrom(ByteReader in) {
    InputSource source = InputSource.CODES.valueOf(in.readByte());
    if (source == InputSource.REKEY) {
      throw new UnreadableValueException("a rekey record is never held or sent on");
    }
    boolean cut = in.readBoolean();
    int partition = in.readInt();
    long offset = in.readNumber();
    long appendedAt = in.readNumber();
    byte[] key = in.readNullableBytes();
    int count = in.readInt();
    Header[] headers = new Header[Math.min(count, MAX_HEADERS)];
    if (count > MAX_HEADERS) {
      throw new UnreadableValueException("a record has " + count + " headers");
    }
    for (int i = 0; i < count; i++) {
      headers[i] = new RecordHeader(in.readText(), in.readNullableBytes());
    }
    return new InputRecord(
        source, partition, offset, appendedAt, key, List.of(headers), in.readNullableBytes(), cut);
  }

  /** The identity of the life of a flowId that this start begins. */
  public String incarnation() {
    return Digests.ofRecord(source.topic(), partition, offset, appendedAt, value);
  }

  /** A hash of where and when it stood, without its value. */
  public String placeDigest() {
    return Digests.ofRecord(source.topic(), partition, offset, appendedAt, null);
  }

  /** Where it stood, as a dead letter names it. */
  DeadLetter.Source origin() {
    return new DeadLetter.Source(source.topic(), partition, offset, appendedAt);
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
