package io.doundo.worker.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Topics;
import io.doundo.worker.Do;
import io.doundo.worker.SagaClient;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.binding.InvalidHandlersException;
import io.doundo.worker.broker.TestBroker;
import io.doundo.worker.delivery.KafkaClients;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.InMemoryFence;
import io.doundo.worker.fence.redis.UnsafeRedisException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** The starter in an application, on a real broker. */
class WorkerAutoConfigurationIT {

  record TenantRequest(String tenant) {}

  record TenantCreated(String id) {}

  @SagaWorker("autoconfigured")
  static class Steps {
    @Do("create")
    TenantCreated create(TenantRequest asked, StepContext step) {
      return new TenantCreated(asked.tenant());
    }

    @Undo("create")
    void delete(Undoing<TenantRequest, TenantCreated> undoing) {}
  }

  /** The bean that a registration document names. */
  static class ClientHandler {
    void createClient(TenantRequest asked) {}

    void deleteClient(TenantRequest asked) {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Application {
    @Bean
    Fence fence() {
      return new InMemoryFence();
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(WorkerAutoConfiguration.class))
          .withUserConfiguration(Application.class)
          .withPropertyValues(
              "spring.application.name=tenants",
              "spring.kafka.bootstrap-servers=" + TestBroker.address(),
              "doundo.worker.stop-timeout=2s");

  @Test
  void anApplicationServesItsStepsAndDeclaresItself() {
    try (Consumer<byte[], byte[]> registrations =
        KafkaClients.reader(Map.of("bootstrap.servers", TestBroker.address()))) {
      List<TopicPartition> partitions = List.of(new TopicPartition(Topics.REGISTRATION, 0));
      registrations.assign(partitions);
      registrations.seekToEnd(partitions);
      partitions.forEach(registrations::position);
      runner
          .withBean(Steps.class)
          .withBean(ClientHandler.class)
          .withPropertyValues("doundo.worker.registrations=classpath:registrations/*.yaml")
          .run(
              context -> {
                assertThat(context).hasNotFailed().hasSingleBean(SagaClient.class);
                List<String> sent = new ArrayList<>();
                await()
                    .untilAsserted(
                        () -> {
                          for (ConsumerRecord<byte[], byte[]> record :
                              registrations.poll(Duration.ofMillis(100))) {
                            sent.add(new String(record.value(), StandardCharsets.UTF_8));
                          }
                          assertThat(sent).hasSize(2);
                        });
                assertThat(sent.get(0)).contains("handlerClass: ClientHandler");
                assertThat(sent.get(1))
                    .isEqualTo(
                        "{\"orchestrations\":[{\"orchestrationName\":\"autoconfigured\","
                            + "\"as\":\"worker\",\"steps\":[{\"name\":\"create\"},"
                            + "{\"name\":\"createClient\"}]}]}");
                assertThat(
                        context.getBean(MeterRegistry.class).find("doundo.worker.fence.up").gauge())
                    .isNotNull()
                    .satisfies(gauge -> assertThat(gauge.value()).isEqualTo(1));
              });
    }
  }

  private static Thread poller() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("saga-commands") && thread.isAlive())
        .findFirst()
        .orElseThrow();
  }

  private static Status statusOf(ApplicationContext context) {
    return Objects.requireNonNull(context.getBean(HealthIndicator.class).health()).getStatus();
  }

  /** In a service without a web server, only the worker keeps the process running. */
  @Test
  void aServiceStaysUpAndSaysSoWhenItsPollerDies() {
    List<AvailabilityState> told = new CopyOnWriteArrayList<>();
    runner
        .withConfiguration(AutoConfigurations.of(WorkerHealthAutoConfiguration.class))
        .withBean(Steps.class)
        .withBean(
            "listener",
            ApplicationListener.class,
            () ->
                (ApplicationListener<AvailabilityChangeEvent<?>>)
                    event -> told.add(event.getState()))
        .run(
            context -> {
              assertThat(poller().isDaemon()).isFalse();
              assertThat(statusOf(context)).isEqualTo(Status.UP);
              assertThat(alive(context)).isEqualTo(1);

              poller().interrupt();

              await().untilAsserted(() -> assertThat(statusOf(context)).isEqualTo(Status.DOWN));
              await().untilAsserted(() -> assertThat(told).contains(LivenessState.BROKEN));
              assertThat(alive(context)).isZero();
            });
  }

  @SagaWorker("dying")
  static class DyingSteps {
    @Do("create")
    TenantCreated create(TenantRequest asked) {
      return new TenantCreated(asked.tenant());
    }
  }

  /** If even a dead letter cannot be handled, the process cannot be trusted. */
  @Test
  void anErrorOfThePollerIsReportedByHealthLivenessAndMeter() throws Exception {
    String topic = Topics.doTopic("dying", "create");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestBroker.address()))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
    List<AvailabilityState> told = new CopyOnWriteArrayList<>();
    runner
        .withConfiguration(AutoConfigurations.of(WorkerHealthAutoConfiguration.class))
        .withBean(DyingSteps.class)
        .withBean(
            "listener",
            ApplicationListener.class,
            () ->
                (ApplicationListener<AvailabilityChangeEvent<?>>)
                    event -> told.add(event.getState()))
        .run(
            context -> {
              assertThat(statusOf(context)).isEqualTo(Status.UP);
              context
                  .getBean(MeterRegistry.class)
                  .config()
                  .meterFilter(
                      MeterFilter.deny(
                          id -> {
                            if (id.getName().equals("doundo.worker.dead.letter")) {
                              throw new OutOfMemoryError("thrown on purpose");
                            }
                            return false;
                          }));
              try (Producer<byte[], byte[]> producer =
                  KafkaClients.producer(Map.of("bootstrap.servers", TestBroker.address()))) {
                producer.send(new ProducerRecord<>(topic, new byte[] {'?'})).get();
              }

              await().untilAsserted(() -> assertThat(told).contains(LivenessState.BROKEN));
              assertThat(statusOf(context)).isEqualTo(Status.DOWN);
              assertThat(
                      Objects.requireNonNull(context.getBean(HealthIndicator.class).health())
                          .getDetails()
                          .get("problems"))
                  .asString()
                  .contains("no longer consumed", "OutOfMemoryError: thrown on purpose");
              assertThat(alive(context)).isZero();
            });
  }

  private static double alive(ApplicationContext context) {
    return context.getBean(MeterRegistry.class).get("doundo.worker.alive").gauge().value();
  }

  @Test
  void aServiceWithoutActuatorStartsAllTheSame() {
    runner
        .withConfiguration(AutoConfigurations.of(WorkerHealthAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean("sagaWorkerHealthIndicator")
                    .hasSingleBean(SagaClient.class));
  }

  /** Nothing waits for the broker, and the registration is sent later. */
  @Test
  void aBrokerThatIsAwayDoesNotHoldUpTheStart() {
    runner
        .withConfiguration(AutoConfigurations.of(WorkerHealthAutoConfiguration.class))
        .withBean(Steps.class)
        .withPropertyValues(
            "spring.kafka.bootstrap-servers=127.0.0.1:1", "doundo.worker.stop-timeout=0s")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(
                      Objects.requireNonNull(context.getBean(HealthIndicator.class).health())
                          .getDetails())
                  .extractingByKey("registrations")
                  .asString()
                  .contains("The declaration of the steps of tenants=WAITING");
            });
  }

  @SagaWorker("autoconfigured")
  static class Mistaken {
    @Do("create")
    String create(TenantRequest one, TenantCreated two) {
      return one.tenant() + two.id();
    }
  }

  @Test
  void aMistakeStopsTheStartAndIsReportedWithItsFix() {
    runner
        .withBean(Mistaken.class)
        .run(
            context -> {
              assertThat(context).hasFailed();
              Throwable failure = Objects.requireNonNull(context.getStartupFailure());
              FailureAnalysis analysis = new InvalidHandlersAnalyzer().analyze(failure);
              assertThat(failure).hasRootCauseInstanceOf(InvalidHandlersException.class);
              assertThat(analysis).isNotNull();
              assertThat(analysis.getDescription())
                  .contains(
                      "method Mistaken.create", "has 2 parameters that would all be the payload");
              assertThat(analysis.getAction()).contains("keep one");
            });
  }

  @Test
  void aRedisThatEvictsIsReportedWithItsFix() {
    FailureAnalysis analysis =
        new UnsafeRedisAnalyzer()
            .analyze(
                new ApplicationContextException(
                    "no start",
                    new CompletionException(
                        new UnsafeRedisException("it has maxmemory-policy x", "Set noeviction."))));
    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription()).contains("does not start", "maxmemory-policy x");
    assertThat(analysis.getAction()).isEqualTo("Set noeviction.");
    assertThat(
            SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(getClass()))))
        .hasAtLeastOneElementOfType(UnsafeRedisAnalyzer.class);
  }

  @Test
  void aDocumentThatIsNotThereStopsTheStart() {
    runner
        .withPropertyValues("doundo.worker.registrations=classpath:nowhere.yaml")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("names \"classpath:nowhere.yaml\""));
  }

  @Test
  void anInitiatorWithoutHandlersNeedsNoFence() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(WorkerAutoConfiguration.class))
        .withPropertyValues(
            "doundo.worker.bootstrap-servers=" + TestBroker.address(),
            "doundo.worker.redis=redis://127.0.0.1:1")
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(SagaClient.class));
  }

  @Test
  void itCanBeSwitchedOff() {
    runner
        .withBean(Steps.class)
        .withPropertyValues("doundo.worker.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SagaClient.class));
  }
}
