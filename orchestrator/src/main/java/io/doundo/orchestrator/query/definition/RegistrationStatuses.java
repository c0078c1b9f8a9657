package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Waits for what the control plane says of a registration. It has its own readers, because these
 * waits are longer than any read. Thread-safe.
 */
public final class RegistrationStatuses implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);

  private final ReaderPool readers;

  public RegistrationStatuses(ReadConsumers consumers) {
    this.readers = new ReaderPool(consumers, "doundo-registration-reader");
  }

  /** Where the registration record stands. */
  public record Written(String topic, int partition, long offset) {}

  /**
   * Collects the status records of one registration record.
   *
   * @param write writes the record; it is called once nothing can be missed any more
   * @param expected how many there will be, one for each registration in the record
   * @param isHopeless whether it is known that nothing will come for now
   * @return those that came in time
   */
  public List<JsonNode> collect(
      Supplier<Written> write, int expected, Duration wait, BooleanSupplier isHopeless) {
    return readers.read(
        consumer -> {
          seekToEnd(consumer);
          Written source = write.get();
          List<JsonNode> statuses = new ArrayList<>();
          long begin = System.nanoTime();
          while (statuses.size() < expected
              && System.nanoTime() - begin < wait.toNanos()
              && !isHopeless.getAsBoolean()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
              addIfOf(source, record, statuses);
            }
          }
          return statuses;
        });
  }

  @Override
  public void close() {
    readers.close();
  }

  private static void seekToEnd(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.REGISTRATION_STATUS, consumer);
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  private static void addIfOf(
      Written source, ConsumerRecord<byte[], byte[]> record, List<JsonNode> statuses) {
    JsonNode status = read(record.value());
    JsonNode place = status.path("source");
    if (place.path("topic").asString("").equals(source.topic())
        && place.path("partition").asInt(-1) == source.partition()
        && place.path("offset").asLong(-1) == source.offset()) {
      statuses.add(status);
    }
  }

  /** Others may write to the topic too; what is no JSON is no status. */
  private static JsonNode read(byte @Nullable [] value) {
    try {
      return value == null ? Json.MAPPER.missingNode() : Json.MAPPER.readTree(value);
    } catch (JacksonException e) {
      return Json.MAPPER.missingNode();
    }
  }
}
