package io.doundo.orchestrator.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The producer of one stream thread, and to be used by that thread only. It differs from any other
 * in two ways.
 *
 * <p><b>It gathers what its thread writes</b> and sends it when the thread has processed what it
 * had and reads more, or commits, or has gone on for 20 ms or 500 records. Without that, the
 * producer's own thread sends each record as soon as it is written: the first of a flow's records
 * alone, the rest in requests of a few. To linger would make an idle installation wait.
 *
 * <p><b>Its first aborted transaction is its last one</b>; every further one is refused, which ends
 * the stream thread and makes room for a new one. All tasks of a stream thread share one
 * transaction. When one of them is closed for an error, Kafka Streams aborts that transaction but
 * revives this task alone; what the others have written since the last commit is gone from the
 * topics and still stands in their stores. It means to commit the others before (KAFKA-12523), but
 * leaves that out while the group is being rebalanced. Only a thread that ends closes all its
 * tasks, so that each goes on from what was committed.
 */
final class EngineProducer extends KafkaProducer<byte[], byte[]> {

  private static final int MOST_GATHERED = 500;
  private static final long LONGEST_NANOS = 20_000_000;

  private final ConsumerWatch watch;
  private final List<Gathered> gathered = new ArrayList<>();
  private long since;
  private boolean aborted;

  EngineProducer(Map<String, Object> config, ConsumerWatch watch) {
    super(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.watch = watch;
  }

  /** A record that is not sent yet, and who is to be told what became of it. */
  private record Gathered(
      ProducerRecord<byte[], byte[]> record,
      @Nullable Callback callback,
      CompletableFuture<RecordMetadata> outcome)
      implements Callback {

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (callback != null) {
        callback.onCompletion(metadata, failure);
      }
      if (failure == null) {
        outcome.complete(metadata);
      } else {
        outcome.completeExceptionally(failure);
      }
    }
  }

  @Override
  public void beginTransaction() {
    if (aborted) {
      throw new KafkaException(
          "a transaction of this stream thread was aborted: all its tasks go back to what was"
              + " committed");
    }
    super.beginTransaction();
    watch.writingWith(this);
  }

  /** Sends it soon. What would be thrown here is thrown by whichever call sends it. */
  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    long now = System.nanoTime();
    if (gathered.isEmpty()) {
      since = now;
    }
    Gathered last = new Gathered(record, callback, new CompletableFuture<>());
    gathered.add(last);
    if (gathered.size() >= MOST_GATHERED || now - since >= LONGEST_NANOS) {
      sendGathered();
    }
    return last.outcome();
  }

  /** Hands what was gathered to the producer, which sends it now. */
  void sendGathered() {
    if (!gathered.isEmpty()) {
      List<Gathered> records = List.copyOf(gathered);
      gathered.clear();
      for (Gathered next : records) {
        Future<RecordMetadata> unused = super.send(next.record(), next);
      }
    }
  }

  @Override
  public void flush() {
    sendGathered();
    super.flush();
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    sendGathered();
    super.sendOffsetsToTransaction(offsets, group);
  }

  @Override
  public void commitTransaction() {
    sendGathered();
    super.commitTransaction();
  }

  @Override
  public void abortTransaction() {
    aborted = true;
    gathered.clear();
    super.abortTransaction();
  }

  @Override
  public void close(Duration timeout) {
    gathered.clear();
    super.close(timeout);
  }
}
