package io.doundo.orchestrator.app;

import io.doundo.orchestrator.jobs.JobFlowSets;
import io.doundo.orchestrator.jobs.JobFlows;
import io.doundo.orchestrator.jobs.JobRunner;
import io.doundo.orchestrator.jobs.JobTopic;
import io.doundo.orchestrator.jobs.Jobs;
import io.doundo.orchestrator.notify.delivery.Notifier;
import io.doundo.orchestrator.play.RequestForecast;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.RefusedRegistrations;
import io.doundo.orchestrator.query.flow.FlowForecasts;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSelection;
import io.doundo.orchestrator.query.flow.FlowSets;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.orchestrator.query.schedule.Schedules;
import io.doundo.orchestrator.query.template.Templates;
import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.orchestrator.query.worker.WorkerRunScan;
import io.doundo.orchestrator.resend.BulkResend;
import io.doundo.orchestrator.resend.Resender;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.orchestrator.trigger.event.EventTriggers;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.SenderMark;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

/** The bulk jobs, and the reading of schedules and templates. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

  /** The same for all instances: a new owner fences the one before. */
  private static final String TRANSACTIONAL_ID = "doundo-jobs";

  private static final int TRANSACTION_TIMEOUT_MS = 15_000;

  @Bean(destroyMethod = "")
  JobTopic jobTopic(
      ReadConsumers consumers, ReaderPool readers, DoundoProperties properties, SeenMarks seen) {
    return new JobTopic(
        consumers, readers, () -> producer(properties.kafka(), "doundo-jobs-api"), seen);
  }

  @Bean
  Resender resender(Definitions definitions, SenderMark senderMark) {
    return new Resender(definitions, senderMark, Clock.systemUTC());
  }

  @Bean
  BulkResend bulkResend(DeadLetterReader letters, Resender resender) {
    return new BulkResend(letters, resender);
  }

  @Bean(destroyMethod = "")
  @ConditionalOnBooleanProperty(name = "doundo.audit", matchIfMissing = true)
  JobRunner jobRunner(
      JobTopic topic,
      ObjectProvider<BulkResend> resend,
      ReadConsumers consumers,
      DoundoProperties properties,
      MeterRegistry meters) {
    return new JobRunner(
        topic,
        resend::getObject,
        consumers,
        () -> transactional(properties.kafka()),
        () -> producer(properties.kafka(), "doundo-jobs-control"),
        instance(properties),
        properties.auditRetention(),
        Clock.systemUTC(),
        new JobMetrics(meters));
  }

  @Bean
  TopicFollowers topicFollowers(
      JobTopic topic,
      ObjectProvider<JobRunner> runner,
      Schedules schedules,
      Breakers breakers,
      RefusedRegistrations refusals,
      Templates templates,
      ObjectProvider<EventTriggers> triggers,
      Deliveries deliveries,
      ObjectProvider<Notifier> notifier) {
    return new TopicFollowers(
        topic,
        runner.getIfAvailable(),
        schedules,
        breakers,
        refusals,
        templates,
        SingletonSupplier.of(triggers::getObject),
        deliveries,
        notifier::getIfAvailable);
  }

  @Bean(destroyMethod = "")
  RefusedRegistrations refusedRegistrations(ReadConsumers consumers) {
    return new RefusedRegistrations(consumers);
  }

  @Bean(destroyMethod = "")
  Templates templates(ReadConsumers consumers) {
    return new Templates(consumers);
  }

  @Bean(destroyMethod = "")
  Schedules schedules(ReadConsumers consumers, MeterRegistry meters) {
    Schedules schedules = new Schedules(consumers);
    Gauge.builder("doundo.schedules.blocked", schedules, Schedules::blocked)
        .description("Schedules whose runs do not start, because an earlier one needs an operator")
        .register(meters);
    return schedules;
  }

  @Bean
  WorkerRunScan workerRunScan(
      ReaderPool readers,
      EngineSettings engine,
      Definitions definitions,
      DoundoProperties properties) {
    return new WorkerRunScan(
        readers,
        StreamsEngine.flowsChangelog(engine),
        definitions,
        properties.archiveRetention(),
        Clock.systemUTC());
  }

  @Bean
  FlowSets flowSets(JobTopic topic) {
    return new JobFlowSets(topic);
  }

  @Bean
  Jobs jobs(
      JobTopic topic, Flows flows, FlowForecasts forecasts, WorkerRunScan runs, BulkResend resend) {
    return new Jobs(topic, new ReadFlows(flows, forecasts, runs), resend, Clock.systemUTC());
  }

  /** The flows as the lists and the forecasts know them. */
  private record ReadFlows(Flows flows, FlowForecasts forecasts, WorkerRunScan runs)
      implements JobFlows {

    @Override
    public Optional<FlowSelection> matching(FlowQuery query, int limit) {
      return flows.search().map(search -> search.select(query, limit));
    }

    @Override
    public FlowSelection ranOn(RanOn query, int limit) {
      return runs.find(query, limit);
    }

    @Override
    public Optional<SelectedFlow> find(String flowId) {
      return flows
          .find(flowId)
          .map(
              flow ->
                  new SelectedFlow(
                      flow.flowId(), flow.transition(), flow.orchestrationName(), flow.status()));
    }

    @Override
    public Optional<RequestForecast> forecast(ControlCommand request) {
      return forecasts.request(request).map(FlowForecasts.Answer::answer);
    }
  }

  static String instance(DoundoProperties properties) {
    String advertised = properties.advertisedAddress();
    if (advertised != null) {
      return advertised;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this instance";
    }
  }

  private static Producer<byte[], byte[]> producer(DoundoProperties.Kafka kafka, String clientId) {
    return new KafkaProducer<>(
        settings(kafka, clientId), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Producer<byte[], byte[]> transactional(DoundoProperties.Kafka kafka) {
    Map<String, Object> config = settings(kafka, TRANSACTIONAL_ID);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Map<String, Object> settings(DoundoProperties.Kafka kafka, String clientId) {
    Map<String, Object> config = new HashMap<>(kafka.properties());
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return config;
  }
}
