package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The Kafka Streams configuration; each value that is not a default has its reason beside it. */
final class EngineProperties {

  private EngineProperties() {}

  static Properties of(EngineSettings settings) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbyReplicas());
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.replicationFactor());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(
        StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, FailedSends.class.getName());
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
    // No order between topics is needed: what comes before its flow's start is held. Anything else
    // asks, for each record, how far behind the other partitions of the task are.
    properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class.getName());
    properties.put(RocksDbMemory.CACHE_BYTES, settings.cacheBytes());
    properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    if (settings.applicationServer() != null) {
      properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, settings.applicationServer());
    }
    putProducer(properties, settings);
    putConsumer(properties, settings);
    settings.clientProperties().forEach(properties::put);
    return properties;
  }

  private static void putProducer(Properties properties, EngineSettings settings) {
    // A command is on its way once its thread has processed what it had (EngineProducer); Streams'
    // own default waits 100 ms.
    producer(properties, ProducerConfig.LINGER_MS_CONFIG, 0);
    producer(properties, ProducerConfig.BATCH_SIZE_CONFIG, 65_536);
    // The default of 100 ms stalls back-to-back transactions.
    producer(properties, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
    producer(properties, ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 20);
    // Whatever blocks or is retried gives up before its transaction times out.
    producer(properties, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
    producer(properties, ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    producer(properties, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
    producer(properties, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
    // Sizes are checked before anything is written; the producer's limit stays above that check.
    producer(
        properties,
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        Math.max(1_048_576, settings.maxRecordBytes() + EngineSettings.ENVELOPE_RESERVE));
  }

  private static void putConsumer(Properties properties, EngineSettings settings) {
    // A static member that comes back within its session takes its tasks up without a rebalance.
    main(
        properties,
        CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG,
        InstanceId.in(settings.stateDir()));
    main(properties, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 8_000);
    main(properties, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
    main(properties, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
  }

  private static void producer(Properties properties, String name, Object value) {
    properties.put(StreamsConfig.producerPrefix(name), value);
  }

  private static void main(Properties properties, String name, Object value) {
    properties.put(StreamsConfig.mainConsumerPrefix(name), value);
  }
}
