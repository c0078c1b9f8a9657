package io.doundo.worker.autoconfigure;

import io.doundo.worker.SagaClient;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.client.KafkaSagaClient;
import io.doundo.worker.delivery.DeliverySettings;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.RedisFence;
import io.doundo.worker.threads.HandlerThreads;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternUtils;
import tools.jackson.databind.json.JsonMapper;

/** Serves the steps of {@code @SagaWorker} beans, and offers a {@link SagaClient}. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    })
@ConditionalOnProperty(prefix = "doundo.worker", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(WorkerProperties.class)
public class WorkerAutoConfiguration {

  /** The name of a bean on whose threads handlers run, if there is one. */
  static final String HANDLER_EXECUTOR = "sagaHandlerExecutor";

  private static final String VIRTUAL_THREADS = "spring.threads.virtual.enabled";

  private final WorkerProperties properties;
  private final String service;
  private final Map<String, Object> kafka;

  WorkerAutoConfiguration(WorkerProperties properties, Environment environment) {
    this.properties = properties;
    String named = properties.serviceName();
    this.service =
        named != null ? named : environment.getProperty("spring.application.name", "doundo-worker");
    String brokers = properties.bootstrapServers();
    this.kafka = new HashMap<>(properties.kafka());
    kafka.put(
        "bootstrap.servers",
        brokers != null
            ? brokers
            : environment.getProperty("spring.kafka.bootstrap-servers", "localhost:9092"));
    kafka.putIfAbsent("client.id", service);
  }

  @Bean
  @ConditionalOnMissingBean
  JsonBinder sagaJsonBinder(ObjectProvider<JsonMapper> mapper) {
    return new JsonBinder(mapper.getIfUnique(() -> JsonMapper.builder().build()));
  }

  @Bean
  @ConditionalOnMissingBean
  SagaClient sagaClient(JsonBinder json, ResourceLoader resources) {
    return new KafkaSagaClient(kafka, service, json, resources);
  }

  @Bean
  @ConditionalOnMissingBean
  Fence sagaFence() {
    return RedisFence.at(
        properties.redis(),
        FenceSettings.DEFAULTS.withRetentions(
            properties.fenceRetention(),
            properties.fenceAcknowledgedRetention(),
            properties.fenceDoubtRetention()));
  }

  @Bean
  WorkerLifecycle sagaWorkerLifecycle(
      ConfigurableListableBeanFactory beans,
      JsonBinder json,
      SagaClient client,
      ObjectProvider<Fence> fence,
      ObjectProvider<MeterRegistry> meters,
      ObjectProvider<ObservationRegistry> observations,
      @Qualifier(HANDLER_EXECUTOR) ObjectProvider<Executor> executor,
      Environment environment,
      ApplicationEventPublisher events,
      ResourceLoader resources) {
    String group = properties.group();
    return new WorkerLifecycle(
        beans,
        json,
        RegistrationDocuments.read(
            properties.registrations(), ResourcePatternUtils.getResourcePatternResolver(resources)),
        client,
        new DeliverySettings(
            service,
            group != null ? group : service,
            kafka,
            properties.lease(),
            properties.concurrency(),
            properties.maxPending(),
            properties.stopTimeout(),
            version(environment)),
        fence,
        meters.getIfUnique(SimpleMeterRegistry::new),
        observations.getIfUnique(() -> ObservationRegistry.NOOP),
        () -> threads(executor.getIfAvailable(), environment),
        events);
  }

  private @Nullable String version(Environment environment) {
    String version = properties.version();
    return version != null ? version : environment.getProperty("spring.application.version");
  }

  private static HandlerThreads threads(@Nullable Executor executor, Environment environment) {
    return executor != null
        ? HandlerThreads.of(executor)
        : HandlerThreads.own(environment.getProperty(VIRTUAL_THREADS, Boolean.class));
  }
}
