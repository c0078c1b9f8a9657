package io.doundo.orchestrator.streams.client;

import io.doundo.protocol.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
 * <p><b>It gathers what its thread writes.</b> Without that, the producer's own thread sends each
 * record as soon as it is written: the first of a flow's records alone, the rest in requests of a
 * few. To linger would make an idle installation wait. Records that are read at once, above all
 * commands, are sent when the thread has processed its batch, or after 20 ms or 500 records.
 * Records that are only read once committed (changelogs, rekey, the audit log) wait for the commit,
 * or for 2,000 records, and of a key that a changelog changes twice meanwhile only the last change
 * is sent: nobody reads the one before it. So a flow that begins and ends within one commit leaves
 * one record of its state. That makes the requests fewer, and the commands faster: a broker that
 * receives the first record of a transaction for a partition asks the transaction coordinator
 * before it appends anything of that request. Either leaves when there is 1 MB of it. Archive
 * records leave with the commands, so that a flow's end can be seen uncommitted as soon as it is
 * written.
 *
 * <p><b>Its first aborted transaction is its last one</b>; every further one is refused, which ends
 * the stream thread and makes room for a new one. All tasks of a stream thread share one
 * transaction. When one of them is closed for an error, Kafka Streams aborts that transaction but
 * revives this task alone; what the others have written since the last commit is gone from the
 * topics and still stands in their stores. It means to commit the others before (KAFKA-12523), but
 * leaves that out while the group is being rebalanced. Only ending the thread closes all its tasks,
 * so that each continues from the committed state.
 */
final class EngineProducer extends KafkaProducer<byte[], byte[]> {

  private final ConsumerWatch watch;
  private final Gathering prompt = new Gathering(500, 20_000_000);
  private final Gathering deferred = new Gathering(2_000, Long.MAX_VALUE);
  private boolean aborted;

  EngineProducer(Map<String, Object> config, ConsumerWatch watch) {
    super(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.watch = watch;
  }

  /**
   * An unsent record and its callback.
   *
   * @param replaced the earlier change of its key that is not sent, if there is one: it counts as
   *     written where this one is written
   */
  private record Gathered(
      ProducerRecord<byte[], byte[]> record,
      @Nullable Callback callback,
      CompletableFuture<RecordMetadata> outcome,
      @Nullable Gathered replaced)
      implements Callback {

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      for (Gathered each = this; each != null; each = each.replaced) {
        each.completes(metadata, failure);
      }
    }

    private void completes(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (callback != null) {
        callback.onCompletion(metadata, failure);
      }
      if (failure == null) {
        outcome.complete(metadata);
      } else {
        outcome.completeExceptionally(failure);
      }
    }

    int bytes() {
      byte[] value = record.value();
      return value == null ? 0 : value.length;
    }
  }

  /** What a record of a changelog changes. */
  private record Changed(String changelog, @Nullable Integer partition, ByteBuffer key) {

    static Changed by(ProducerRecord<byte[], byte[]> record) {
      return new Changed(record.topic(), record.partition(), ByteBuffer.wrap(record.key()));
    }
  }

  /** Records that wait to be sent together. */
  private static final class Gathering {

    /** Waiting records take this much memory at most, beside the producer's own buffers. */
    private static final int MOST_BYTES = 1_000_000;

    private final int most;
    private final long longestNanos;
    private List<Gathered> records = new ArrayList<>();

    /** Where in the list the waiting change of a key is. */
    private final Map<Changed, Integer> changes = new HashMap<>();

    private int bytes;
    private long since;

    Gathering(int most, long longestNanos) {
      this.most = most;
      this.longestNanos = longestNanos;
    }

    Future<RecordMetadata> add(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      if (records.isEmpty()) {
        since = System.nanoTime();
      }
      Integer place =
          isChange(record) ? changes.putIfAbsent(Changed.by(record), records.size()) : null;
      CompletableFuture<RecordMetadata> outcome = new CompletableFuture<>();
      Gathered gathered;
      if (place == null) {
        gathered = new Gathered(record, callback, outcome, null);
        records.add(gathered);
      } else {
        Gathered replaced = records.get(place);
        bytes -= replaced.bytes();
        gathered = new Gathered(record, callback, outcome, replaced);
        records.set(place, gathered);
      }
      bytes += gathered.bytes();
      return outcome;
    }

    boolean isFull() {
      return records.size() >= most
          || bytes >= MOST_BYTES
          || System.nanoTime() - since >= longestNanos;
    }

    List<Gathered> takeAll() {
      List<Gathered> taken = records;
      forget();
      return taken;
    }

    void forget() {
      records = new ArrayList<>();
      changes.clear();
      bytes = 0;
    }
  }

  @Override
  public void beginTransaction() {
    if (aborted) {
      throw new KafkaException(
          "a transaction of this stream thread was aborted: all its tasks return to the last"
              + " committed state");
    }
    super.beginTransaction();
    watch.writingWith(this);
  }

  /** Sends it soon. Exceptions are thrown by the call that sends it. */
  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    Gathering gathering = isReadOnceCommitted(record.topic()) ? deferred : prompt;
    Future<RecordMetadata> outcome = gathering.add(record, callback);
    if (gathering.isFull()) {
      sendAll(gathering);
    }
    return outcome;
  }

  /** Whether the changelog of a store takes it, of which only the last one of a key counts. */
  private static boolean isChange(ProducerRecord<byte[], byte[]> record) {
    return isChangelog(record.topic()) && record.key() != null;
  }

  private static boolean isChangelog(String topic) {
    return topic.endsWith("-changelog");
  }

  private static boolean isReadOnceCommitted(String topic) {
    return isChangelog(topic)
        || topic.equals(Topics.REKEY)
        || topic.equals(Topics.SCHEDULES)
        || topic.equals(Topics.BREAKERS)
        || topic.equals(Topics.FLOW_EVENTS);
  }

  /** The thread has processed its batch: passes the awaited records to the producer. */
  void sendWhatIsAwaited() {
    sendAll(prompt);
  }

  private void sendEverything() {
    sendAll(prompt);
    sendAll(deferred);
  }

  private void sendAll(Gathering gathering) {
    for (Gathered next : gathering.takeAll()) {
      Future<RecordMetadata> unused = super.send(next.record(), next);
    }
  }

  @Override
  public void flush() {
    sendEverything();
    super.flush();
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    sendEverything();
    super.sendOffsetsToTransaction(offsets, group);
  }

  @Override
  public void commitTransaction() {
    sendEverything();
    super.commitTransaction();
    watch.committed();
  }

  @Override
  public void abortTransaction() {
    aborted = true;
    forgetEverything();
    watch.aborted();
    super.abortTransaction();
  }

  @Override
  public void close(Duration timeout) {
    forgetEverything();
    watch.closed();
    super.close(timeout);
  }

  private void forgetEverything() {
    prompt.forget();
    deferred.forget();
  }
}
