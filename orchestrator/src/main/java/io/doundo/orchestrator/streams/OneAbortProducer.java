package io.doundo.orchestrator.streams;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer whose first aborted transaction is its last one; every further one is refused, which
 * ends the stream thread and makes room for a new one.
 *
 * <p>All tasks of a stream thread share one transaction. When one of them is closed for an error,
 * Kafka Streams aborts that transaction but revives this task alone; what the others have written
 * since the last commit is gone from the topics and still stands in their stores. It means to
 * commit the others before (KAFKA-12523), but leaves that out while the group is being rebalanced.
 * Only a thread that ends closes all its tasks, so that each goes on from what was committed.
 */
final class OneAbortProducer extends KafkaProducer<byte[], byte[]> {

  private boolean aborted;

  OneAbortProducer(Map<String, Object> config) {
    super(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void beginTransaction() {
    if (aborted) {
      throw new KafkaException(
          "a transaction of this stream thread was aborted: all its tasks go back to what was"
              + " committed");
    }
    super.beginTransaction();
  }

  @Override
  public void abortTransaction() {
    aborted = true;
    super.abortTransaction();
  }
}
