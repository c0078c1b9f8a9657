package io.doundo.orchestrator.streams.client;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what every task has a copy of. Kafka Streams stops for good when one of its topics is
 * shorter than what was read of it: somebody has deleted it, and it was made anew. For the topic of
 * breakers that need not be: their owners have the states, and write them again. To be used by one
 * thread, as any consumer.
 */
final class GlobalConsumer extends KafkaConsumer<byte[], byte[]> {

  private static final Logger LOG = LoggerFactory.getLogger(GlobalConsumer.class);

  GlobalConsumer(Map<String, Object> config) {
    super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    try {
      return super.poll(timeout);
    } catch (OffsetOutOfRangeException e) {
      boolean isOfBreakers =
          e.partitions().stream().allMatch(partition -> partition.topic().equals(Topics.BREAKERS));
      if (!isOfBreakers) {
        throw e;
      }
      LOG.error(
          "{} has lost its records; breakers stay as they were read last until their owners write"
              + " them again",
          Topics.BREAKERS,
          e);
      seekToBeginning(e.partitions());
      return ConsumerRecords.empty();
    }
  }
}
