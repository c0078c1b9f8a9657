package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.testing.TestBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes into a transaction that no coordinator knows. This was possible before brokers verified
 * it, and is the state left when a coordinator forgets a partition of a transaction.
 */
final class ForgottenTransaction {

  /** Broker settings without which the broker asks the coordinator before it appends. */
  static final Map<String, String> BROKER_SETTINGS =
      Map.of("transaction.partition.verification.enable", "false");

  /** The last versions that only ask whether the coordinator knows; later ones inform it. */
  private static final short PRODUCE_THAT_VERIFIES = 11;

  private static final short OFFSETS_THAT_VERIFY = 4;

  private final TestBroker broker;
  private final String transactionalId;

  ForgottenTransaction(TestBroker broker, String transactionalId) {
    this.broker = broker;
    this.transactionalId = transactionalId;
  }

  /** Commits the offset of a group in the transaction. */
  void writeOffset(String group, TopicPartition partition, long offset) throws Exception {
    unverified(
        producer ->
            new TxnOffsetCommitRequest.Builder(
                    transactionalId,
                    group,
                    producer.producerId(),
                    (short) producer.producerEpoch(),
                    Map.of(
                        partition,
                        new TxnOffsetCommitRequest.CommittedOffset(offset, "", Optional.empty())),
                    false)
                .build(OFFSETS_THAT_VERIFY));
  }

  /** Appends a record in the transaction. */
  void write(TopicPartition partition, String value) throws Exception {
    unverified(
        producer -> {
          ProduceRequestData.TopicProduceData topic =
              new ProduceRequestData.TopicProduceData().setName(partition.topic());
          topic
              .partitionData()
              .add(
                  new ProduceRequestData.PartitionProduceData()
                      .setIndex(partition.partition())
                      .setRecords(
                          MemoryRecords.withTransactionalRecords(
                              Compression.NONE,
                              producer.producerId(),
                              (short) producer.producerEpoch(),
                              0,
                              new SimpleRecord(
                                  System.currentTimeMillis(),
                                  "key".getBytes(UTF_8),
                                  value.getBytes(UTF_8)))));
          ProduceRequestData data =
              new ProduceRequestData()
                  .setAcks((short) -1)
                  .setTimeoutMs(10_000)
                  .setTransactionalId(transactionalId);
          data.topicData().add(topic);
          return ProduceRequest.builder(data).build(PRODUCE_THAT_VERIFIES);
        });
  }

  /** The producer is replaced by its successor, whose epoch is higher. */
  void replaceProducer() {
    initProducer();
  }

  private interface Writing {
    AbstractRequest by(TransactionDescription producer);
  }

  private void unverified(Writing writing) throws Exception {
    initProducer();
    TransactionDescription producer =
        broker
            .admin()
            .describeTransactions(List.of(transactionalId))
            .description(transactionalId)
            .get();
    send(writing.by(producer));
  }

  private void initProducer() {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                transactionalId),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
    }
  }

  private void send(AbstractRequest request) throws Exception {
    String[] address = broker.bootstrap().split(",", -1)[0].split(":", -1);
    RequestHeader header =
        new RequestHeader(request.apiKey(), request.version(), "forgotten-transaction", 1);
    ByteBuffer bytes = request.serializeWithHeader(header);
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(bytes.remaining());
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readInt()];
      in.readFully(answer);
      AbstractResponse response = AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
      if (!response.errorCounts().keySet().equals(Set.of(Errors.NONE))) {
        throw new IllegalStateException("the broker refused " + request + ": " + response);
      }
    }
  }
}
