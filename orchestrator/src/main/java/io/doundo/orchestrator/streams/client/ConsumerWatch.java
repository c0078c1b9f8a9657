package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.task.ConsumerProgress;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the clients of Kafka Streams and knows, on a stream thread, the consumer that it reads with
 * and the producer that it writes with. Safe for any thread.
 */
class ConsumerWatch implements KafkaClientSupplier, ConsumerProgress {

  private final ThreadLocal<Clients> own = ThreadLocal.withInitial(Clients::new);
  private final EngineMeters meters;
  private final Runnable settled;

  /**
   * @param settled is run by a stream thread when what it has written is committed, or is in no
   *     store any more
   */
  ConsumerWatch(EngineMeters meters, Runnable settled) {
    this.meters = meters;
    this.settled = settled;
  }

  /** Those of one stream thread. */
  private static final class Clients {
    private ConsumerProgress consumer = ConsumerProgress.NOTHING;
    private @Nullable EngineProducer producer;
    private int unprocessed;

    void sendWhatIsAwaited() {
      if (producer != null) {
        producer.sendWhatIsAwaited();
      }
    }
  }

  /** The calling thread writes with this producer. */
  void writingWith(EngineProducer producer) {
    own.get().producer = producer;
  }

  /** The transaction of the calling thread is committed. */
  void committed() {
    settled.run();
    meters.committed();
  }

  /** The transaction of the calling thread is aborted. */
  void aborted() {
    meters.aborted();
  }

  /** The calling thread's producer is closed, and its tasks were closed before. */
  void closed() {
    settled.run();
  }

  /**
   * The calling thread has processed what it had and reads more, with this consumer. Awaited
   * records are sent now.
   */
  void readingWith(ConsumerProgress consumer) {
    Clients clients = own.get();
    clients.consumer = consumer;
    clients.sendWhatIsAwaited();
  }

  /** The calling thread has this many records to process. */
  void hasRead(int records) {
    own.get().unprocessed = records;
  }

  /** After the last one of what was read nothing is gained by waiting for the next read. */
  @Override
  public void processedOne() {
    Clients clients = own.get();
    clients.unprocessed--;
    if (clients.unprocessed == 0) {
      clients.sendWhatIsAwaited();
    }
  }

  @Override
  public void begins(Collection<TopicPartition> partitions) {
    own.get().consumer.begins(partitions);
  }

  @Override
  public long seenUntil(TopicPartition partition, long processed, long now) {
    return own.get().consumer.seenUntil(partition, processed, now);
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new EngineProducer(config, this);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new ObservedConsumer(config, this);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new GlobalConsumer(config);
  }
}
