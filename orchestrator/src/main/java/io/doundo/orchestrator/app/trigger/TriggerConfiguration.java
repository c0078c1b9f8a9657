package io.doundo.orchestrator.app.trigger;

import io.doundo.orchestrator.api.hook.HookListener;
import io.doundo.orchestrator.api.hook.HookRate;
import io.doundo.orchestrator.api.hook.HookSecrets;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.trigger.event.EventDirectory;
import io.doundo.orchestrator.trigger.event.EventTriggers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The triggers that come from outside. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HookProperties.class)
class TriggerConfiguration {

  /** The service that follows topics starts and closes it. */
  @Bean(destroyMethod = "")
  EventTriggers eventTriggers(
      ReadConsumers consumers,
      DoundoProperties properties,
      Definitions definitions,
      EngineSettings engine,
      MeterRegistry meters) {
    return new EventTriggers(
        consumers,
        () -> producer(properties.kafka()),
        new EventDirectory(definitions),
        new TriggerMetrics(meters),
        engine.maxRecordBytes());
  }

  @Bean
  HookSecrets hookSecrets(HookProperties properties) {
    return new SettingsSecrets(properties);
  }

  @Bean
  HookRate hookRate(HookProperties properties) {
    return new HookRate(properties.ratePerSecond());
  }

  @Bean
  HookListener hookMetrics(MeterRegistry meters) {
    Map<HookListener.Result, Counter> counters = new EnumMap<>(HookListener.Result.class);
    for (HookListener.Result result : HookListener.Result.values()) {
      counters.put(
          result,
          Counter.builder("doundo.hook.requests")
              .description("Requests of webhooks since this instance started, by outcome")
              .tag("outcome", result.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
    return result -> Objects.requireNonNull(counters.get(result)).increment();
  }

  private static Producer<byte[], byte[]> producer(DoundoProperties.Kafka kafka) {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, EventTriggers.GROUP);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
