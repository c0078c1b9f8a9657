package io.doundo.orchestrator.streams.record;

import io.doundo.protocol.DeadLetter;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A record as Kafka Streams hands it over, from any of a task's topics.
 *
 * @param appendedAt ms since the epoch
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
public record SourceRecord(
    String topic,
    int partition,
    long offset,
    long appendedAt,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {

  public static SourceRecord of(
      Record<byte @Nullable [], byte @Nullable []> record, RecordMetadata place) {
    return new SourceRecord(
        place.topic(),
        place.partition(),
        place.offset(),
        record.timestamp(),
        record.key(),
        record.value(),
        List.of(record.headers().toArray()));
  }

  /** The same as a record of an input topic. */
  public InputRecord inbound(InputSource source) {
    return new InputRecord(source, partition, offset, appendedAt, key, headers, value, false);
  }

  DeadLetter.Source origin() {
    return new DeadLetter.Source(topic, partition, offset, appendedAt);
  }

  public String place() {
    return topic + '-' + partition + '@' + offset;
  }
}
