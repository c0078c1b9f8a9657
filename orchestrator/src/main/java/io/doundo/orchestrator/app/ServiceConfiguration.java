package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.Instances;
import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.flow.FlowForecasts;
import io.doundo.orchestrator.query.flow.FlowSets;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.flow.PeerFlows;
import io.doundo.orchestrator.query.tail.FlowFigures;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.query.tail.ScannedFigures;
import io.doundo.orchestrator.query.timeline.FlowTimeline;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.orchestrator.query.worker.WorkerPresence;
import io.doundo.orchestrator.registration.RegistrationSettings;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The two planes, and the reads beside them. */
@Configuration(proxyBeanMethods = false)
class ServiceConfiguration {

  private static final Duration FLOW_GAUGES = Duration.ofSeconds(5);
  private static final Duration FLOW_GHOSTS = Duration.ofMinutes(1);

  @Bean
  BrokerProbe brokerProbe(DoundoProperties properties) {
    return new BrokerProbe(properties.kafka());
  }

  @Bean
  OrchestratorService orchestratorService(
      RegistrationSettings registration,
      EngineSettings engine,
      BrokerProbe broker,
      ObjectProvider<FlowIndex> index,
      TopicFollowers jobs,
      MeterRegistry meters,
      ApplicationEventPublisher events) {
    return new OrchestratorService(
        registration, engine, broker, index.getIfAvailable(), jobs, meters, events);
  }

  @Bean
  DeferredReads engineReads(OrchestratorService service) {
    return new DeferredReads(service::engine);
  }

  @Bean
  ReadConsumers readConsumers(DoundoProperties properties) {
    DoundoProperties.Kafka kafka = properties.kafka();
    return new ReadConsumers(kafka.bootstrapServers(), kafka.properties());
  }

  @Bean
  ReaderPool readerPool(ReadConsumers consumers) {
    return new ReaderPool(consumers, "doundo-reader");
  }

  @Bean
  FlowWatch flowWatch(ReadConsumers consumers, DoundoProperties properties) {
    return new FlowWatch(consumers, properties.audit());
  }

  /** Waiting requests are answered before the server waits for its requests to end. */
  @Bean
  WaitsLifecycle waitsLifecycle(FlowWatch watch, OpenStreams streams) {
    return new WaitsLifecycle(watch, streams);
  }

  @Bean
  StepSeriesLimit stepSeriesLimit() {
    return new StepSeriesLimit();
  }

  @Bean
  FlowMetrics flowMetrics(MeterRegistry meters, StepSeriesLimit limit) {
    return new FlowMetrics(meters, limit, Clock.systemUTC());
  }

  /** The service stops it, which writes its file: once is enough. */
  @Bean(destroyMethod = "")
  @ConditionalOnBooleanProperty(name = "doundo.search.enabled", matchIfMissing = true)
  FlowIndex flowIndex(
      ReadConsumers consumers,
      ReaderPool readers,
      EngineSettings engine,
      DoundoProperties properties,
      @Lazy DefinitionLookup definitions,
      FlowMetrics metrics) {
    return new FlowIndex(
        consumers,
        readers,
        StreamsEngine.flowsChangelog(engine),
        new FlowIndex.Settings(
            properties.search().mostFlows(Runtime.getRuntime().maxMemory()),
            properties.archiveRetention(),
            properties.stateDir().resolve("index")),
        definitions,
        new AdminTopicFacts(properties.kafka()),
        metrics);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "doundo.search.enabled", matchIfMissing = true)
  FlowFigures flowFigures(FlowIndex index, Definitions definitions) {
    return new ScannedFigures(index, definitions);
  }

  /** Counts the flows of the partitions that the engine works on here. */
  @Bean
  GaugeRefresh flowGauges(
      FlowMetrics metrics, ObjectProvider<FlowFigures> figures, OrchestratorService service) {
    GaugeRefresh refresh = new GaugeRefresh("doundo-flow-gauges");
    FlowFigures index = figures.getIfAvailable();
    if (index != null) {
      metrics.observe(index);
      refresh.every(
          FLOW_GAUGES,
          () -> service.engine().ifPresent(engine -> metrics.refresh(index, engine.owned())));
    }
    return refresh;
  }

  /** Compares the lists with what the engine has, as long as both are there. */
  @Bean
  GaugeRefresh flowGhosts(ObjectProvider<FlowIndex> lists, OrchestratorService service) {
    GaugeRefresh refresh = new GaugeRefresh("doundo-flow-ghosts");
    FlowIndex index = lists.getIfAvailable();
    if (index != null) {
      GhostWatch watch = new GhostWatch(index);
      refresh.every(FLOW_GHOSTS, () -> service.engine().ifPresent(watch::look));
    }
    return refresh;
  }

  @Bean
  Definitions definitions(DeferredReads reads) {
    return new Definitions(reads);
  }

  @Bean
  HttpPeers peers(DoundoProperties properties, ServerProperties server) {
    String secret = properties.api().secret();
    boolean tls = server.getSsl() != null && server.getSsl().isEnabled();
    return new HttpPeers(tls ? "https" : "http", secret == null ? null : new PeerPass(secret));
  }

  @Bean
  Instances instances(
      DoundoProperties properties,
      OrchestratorService service,
      ObjectProvider<FlowIndex> index,
      MeterRegistry meters,
      HttpPeers peers) {
    String name = JobsConfiguration.instance(properties);
    return new KnownInstances(
        () ->
            KnownInstances.describe(
                name,
                service.engine().orElse(null),
                index.getIfAvailable(),
                meters,
                properties.partitions()),
        () -> service.engine().map(StreamsEngine::assigned).orElse(Map.of()),
        peers::instance,
        question -> {
          Thread thread = new Thread(question, "doundo-instances");
          thread.setDaemon(true);
          thread.start();
        },
        System::nanoTime);
  }

  @Bean
  Flows flows(
      DeferredReads reads,
      PeerFlows peers,
      ObjectProvider<FlowIndex> index,
      Definitions definitions,
      FlowSets sets) {
    return new Flows(reads, peers, index.getIfAvailable(), definitions, sets);
  }

  @Bean
  FlowForecasts flowForecasts(
      Flows flows, Definitions definitions, WorkerPresence workers, EngineSettings engine) {
    return new FlowForecasts(
        flows, definitions, workers::presence, engine.maxRecordBytes(), Clock.systemUTC());
  }

  @Bean
  WorkerPresence workerPresence(Definitions definitions, OrchestratorService service) {
    return new WorkerPresence(
        definitions,
        (orchestration, step, action) ->
            service
                .engine()
                .map(engine -> engine.lastAnswer(orchestration, step, action))
                .orElse(OptionalLong.empty()));
  }

  @Bean
  WorkerWatch workerWatch(
      WorkerPresence workers,
      ObjectProvider<FlowFigures> figures,
      DoundoProperties properties,
      EngineSettings engine,
      MeterRegistry meters,
      StepSeriesLimit limit) {
    return new WorkerWatch(
        workers,
        figures.getIfAvailable(),
        new GroupsProbe(
            properties.kafka(),
            group ->
                group.equals(engine.applicationId())
                    || group.equals(engine.applicationId() + "-registration")),
        meters,
        limit,
        Clock.systemUTC());
  }

  @Bean
  FlowTimeline flowTimeline(ReaderPool readers, Flows flows, DoundoProperties properties) {
    return new FlowTimeline(readers, flows, properties.audit());
  }

  @Bean
  SeenMarks seenMarks() {
    return new SeenMarks();
  }

  @Bean
  DeadLetterReader deadLetterReader(ReaderPool readers, SeenMarks seen) {
    return new DeadLetterReader(readers, seen);
  }
}
