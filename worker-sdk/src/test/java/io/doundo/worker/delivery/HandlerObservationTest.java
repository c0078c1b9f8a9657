package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.fence.InMemoryFence;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** What observes a handler: a child of its command's span, meters, and the logging context. */
class HandlerObservationTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final Pattern METER = Pattern.compile("(doundo_worker_\\w+)");
  private static final List<String> SUFFIXES =
      List.of("_seconds_bucket", "_seconds_count", "_total");

  private final Map<String, String> loggingContext = new HashMap<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ObservationRegistry observations = ObservationRegistry.create();
  private final List<Observation.Context> stopped = new ArrayList<>();

  @SagaWorker("order")
  class Handlers {

    private final boolean failing;

    Handlers(boolean failing) {
      this.failing = failing;
    }

    @Do("pay")
    void pay() {
      for (String name : List.of("flowId", "step", "traceId")) {
        loggingContext.put(name, MDC.get(name));
      }
      if (failing) {
        throw new IllegalStateException("thrown on purpose");
      }
    }
  }

  private void deliver(boolean failing) throws Exception {
    JsonBinder json = new JsonBinder(JsonMapper.builder().build());
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("handlers", new Handlers(failing));
    byte[] command =
        new CommandEnvelope("flow-1", "order", "pay", CommandAction.DO, 1, 1, 1_000)
            .encode(RawJson.EMPTY_OBJECT);
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(Topics.doTopic("order", "pay"), 0, 0, new byte[0], command);
    record.headers().add(RecordHeaders.TRACEPARENT, TRACEPARENT.getBytes(UTF_8));
    new DirectWorker(
            new HandlerScanner(beans, json).scan(List.of()),
            new InMemoryFence(),
            json,
            Duration.ofSeconds(10),
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
            new WorkerMeters(meters, observations))
        .deliver(record, false);
  }

  private void observe(boolean failing) {
    observations
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStart(Observation.Context context) {
                if (failing) {
                  throw new IllegalStateException("thrown on purpose");
                }
              }

              @Override
              public void onStop(Observation.Context context) {
                stopped.add(context);
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
  }

  @Test
  void aHandlerIsObservedBelowTheSpanOfItsCommand() throws Exception {
    observe(false);
    deliver(false);

    assertThat(stopped).hasSize(1);
    ReceiverContext<?> context = (ReceiverContext<?>) stopped.get(0);
    assertThat(header(context)).isEqualTo(TRACEPARENT);
    assertThat(context.getContextualName()).isEqualTo("do pay");
    assertThat(result(context)).isEqualTo("done");
    assertThat(context.getError()).isNull();
  }

  private static <C> @Nullable String header(ReceiverContext<C> context) {
    return context
        .getGetter()
        .get(Objects.requireNonNull(context.getCarrier()), RecordHeaders.TRACEPARENT);
  }

  private static String result(Observation.Context context) {
    return Objects.requireNonNull(context.getLowCardinalityKeyValue("result")).getValue();
  }

  @Test
  void whatTheHandlerThrewIsTheErrorOfItsSpan() throws Exception {
    observe(false);
    deliver(true);

    assertThat(stopped.get(0).getError()).hasMessage("thrown on purpose");
    assertThat(result(stopped.get(0))).isEqualTo("in_doubt");
  }

  @Test
  void anObserverThatFailsKeepsNoHandlerFromItsWork() throws Exception {
    observe(true);
    deliver(false);

    assertThat(loggingContext).isNotEmpty();
  }

  @Test
  void logLinesOfAHandlerNameFlowStepAndTrace() throws Exception {
    deliver(false);

    assertThat(loggingContext)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("flowId", "flow-1", "step", "pay", "traceId", TRACE));
    assertThat(MDC.get("traceId")).isNull();
  }

  /** Those of the orchestrator are checked against the running application. */
  @Test
  void theDashboardAndTheAlertsNameMetersOfTheWorker() throws Exception {
    deliver(false);
    Set<String> known =
        meters.getMeters().stream()
            .map(Meter::getId)
            .map(id -> id.getName().replace('.', '_'))
            .collect(Collectors.toCollection(TreeSet::new));
    // A gauge of the consumer, which is not here.
    known.add("doundo_worker_lag");
    Set<String> used = new TreeSet<>();
    for (String file : List.of("grafana/doundo.json", "prometheus/alerts.yml")) {
      Matcher meter = METER.matcher(Files.readString(Path.of("../monitoring", file)));
      while (meter.find()) {
        String name = meter.group(1);
        for (String suffix : SUFFIXES) {
          name = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        }
        used.add(name);
      }
    }

    assertThat(used).contains("doundo_worker_queue", "doundo_worker_handler");
    assertThat(known).containsAll(used);
  }
}
