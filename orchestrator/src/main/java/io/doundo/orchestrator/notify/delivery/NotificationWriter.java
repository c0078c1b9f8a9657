package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Writes to the topic of notifications. What is written counts after {@link #acknowledge}. */
final class NotificationWriter {

  private final Producer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();

  NotificationWriter(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** How many partitions the topic has. */
  int count() {
    return producer.partitionsFor(Topics.NOTIFICATIONS).size();
  }

  /** Writes how a delivery stands. */
  void store(Delivery delivery, int partition) {
    write(partition, delivery.id(), DeliveryCodec.encode(delivery));
  }

  /** Writes a request that was refused. */
  void store(ResendRequest refused, int partition) {
    write(partition, refused.key(), DeliveryCodec.encode(refused));
  }

  /** Deletes a request that was carried out. */
  void delete(ResendRequest request, int partition) {
    write(partition, request.key(), null);
  }

  private void write(int partition, String key, byte @Nullable [] value) {
    unacknowledged.add(
        producer.send(
            new ProducerRecord<>(
                Topics.NOTIFICATIONS, partition, key.getBytes(StandardCharsets.UTF_8), value)));
  }

  /**
   * Waits until the broker has everything that was written.
   *
   * @throws KafkaException when it does not accept a record
   */
  void acknowledge() {
    try {
      for (Future<RecordMetadata> sent : unacknowledged) {
        RecordMetadata unused = sent.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      unacknowledged.clear();
    }
  }
}
