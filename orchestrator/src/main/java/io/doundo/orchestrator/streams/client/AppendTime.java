package io.doundo.orchestrator.streams.client;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * When a record was appended. A producer can stamp a record with a time before 1970 where a topic
 * lets it; Kafka Streams would stop or skip such a record, so it gets its partition's time.
 */
final class AppendTime implements TimestampExtractor {

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTime);
  }
}
