package io.doundo.orchestrator.app.notify;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.notify.delivery.DeliverySender;
import io.doundo.orchestrator.notify.delivery.Notifier;
import io.doundo.orchestrator.notify.delivery.ReceiverDirectory;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The notifications. The service that follows topics starts and closes both beans. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NotifyProperties.class)
class NotifyConfiguration {

  @Bean(destroyMethod = "")
  Deliveries deliveries(ReadConsumers consumers, NotifyProperties properties) {
    return new Deliveries(
        consumers, properties.history(), 2 * properties.maxPendingBytes().toBytes());
  }

  @Bean(destroyMethod = "")
  @ConditionalOnBooleanProperty(name = "doundo.notify.enabled", matchIfMissing = true)
  Notifier notifier(
      ReadConsumers consumers,
      DoundoProperties doundo,
      NotifyProperties properties,
      Definitions definitions,
      Deliveries deliveries,
      DeliverySender sender,
      MeterRegistry meters) {
    return new Notifier(
        consumers,
        () -> producer(doundo.kafka()),
        new ReceiverDirectory(
            properties.ofAll(), definitions::notifying, definitions::isRegistered),
        deliveries,
        sender,
        properties.settings(),
        Clock.systemUTC(),
        new NotifyMetrics(meters));
  }

  private static Producer<byte[], byte[]> producer(DoundoProperties.Kafka kafka) {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, Notifier.GROUP);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
