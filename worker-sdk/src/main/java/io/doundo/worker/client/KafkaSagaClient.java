package io.doundo.worker.client;

import io.doundo.protocol.Names;
import io.doundo.protocol.RawJson;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.doundo.worker.StartedFlow;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.delivery.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A client that needs nothing but Kafka. Thread-safe. */
public final class KafkaSagaClient implements SagaClient {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Map<String, Object> kafka;
  private final String service;
  private final JsonBinder json;
  private final ResourceLoader resources;
  private final Producer<byte[], byte[]> producer;
  private final FlowEnds ends;
  private final ExecutorService watchers;

  public KafkaSagaClient(
      Map<String, Object> kafka, String service, JsonBinder json, ResourceLoader resources) {
    this.kafka = Map.copyOf(kafka);
    this.service = service;
    this.json = json;
    this.resources = resources;
    this.producer = KafkaClients.producer(kafka);
    this.ends = new FlowEnds(this.kafka);
    this.watchers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "saga-registration");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public CompletableFuture<RegistrationOutcome> register(String location) {
    return register(resources.getResource(location));
  }

  @Override
  public CompletableFuture<RegistrationOutcome> register(Resource document) {
    byte[] content;
    try {
      content = document.getContentAsByteArray();
    } catch (IOException e) {
      throw new IllegalArgumentException(document + " cannot be read: " + e.getMessage(), e);
    }
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(Topics.REGISTRATION, content);
    record.headers().add("serviceName", utf8(service));
    return send(record)
        .thenApplyAsync(
            metadata -> {
              try {
                return RegistrationWatch.await(kafka, metadata);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
              } catch (TimeoutException e) {
                throw new CompletionException(e);
              }
            },
            watchers)
        .toCompletableFuture();
  }

  @Override
  public StartedFlow start(String orchestration, Object payload) {
    return start(orchestration, UUID.randomUUID().toString(), payload);
  }

  @Override
  public StartedFlow start(String orchestration, String flowId, Object payload) {
    String refusal = Names.refuseOrchestration(orchestration);
    if (refusal != null) {
      throw new IllegalArgumentException(
          "the orchestration's name \"" + orchestration + "\" " + refusal);
    }
    RawJson written = json.write(payload);
    byte[] value = new StartEvent(orchestration, flowId, written, service).encode();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.EXECUTION_START, utf8(flowId), value);
    ends.started(flowId);
    Flow flow = new Flow(flowId, Instant.now(), new CompletableFuture<>());
    if (TransactionSynchronizationManager.isSynchronizationActive()
        && TransactionSynchronizationManager.isActualTransactionActive()) {
      TransactionSynchronizationManager.registerSynchronization(new AfterCommit(flow, record));
    } else {
      send(flow, record);
    }
    return flow;
  }

  private void send(Flow flow, ProducerRecord<byte[], byte[]> record) {
    send(record)
        .whenComplete(
            (metadata, error) -> {
              if (error == null) {
                flow.accepted().complete(null);
              } else {
                flow.accepted().completeExceptionally(error);
              }
            });
  }

  private CompletionStage<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    try {
      // The callback is told of everything the future would say.
      Future<?> unused =
          producer.send(
              record,
              (metadata, error) -> {
                if (error == null) {
                  sent.complete(metadata);
                } else {
                  sent.completeExceptionally(error);
                }
              });
    } catch (KafkaException e) {
      sent.completeExceptionally(e);
    }
    return sent;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
    ends.close();
    watchers.shutdownNow();
  }

  /** Sends a start when the surrounding transaction has committed. */
  private final class AfterCommit implements TransactionSynchronization {

    private final Flow flow;
    private final ProducerRecord<byte[], byte[]> record;

    AfterCommit(Flow flow, ProducerRecord<byte[], byte[]> record) {
      this.flow = flow;
      this.record = record;
    }

    @Override
    public void afterCommit() {
      send(flow, record);
    }

    @Override
    public void afterCompletion(int status) {
      if (status != STATUS_COMMITTED) {
        flow.accepted().cancel(false);
      }
    }
  }

  private final class Flow implements StartedFlow {

    private final String flowId;
    private final Instant startedAt;
    private final CompletableFuture<Void> accepted;

    Flow(String flowId, Instant startedAt, CompletableFuture<Void> accepted) {
      this.flowId = flowId;
      this.startedAt = startedAt;
      this.accepted = accepted;
    }

    @Override
    public String flowId() {
      return flowId;
    }

    @Override
    public CompletableFuture<Void> accepted() {
      return accepted;
    }

    @Override
    public CompletableFuture<FlowEnd> end() {
      return ends.of(flowId, startedAt);
    }

    @Override
    public FlowEnd await(Duration longest) throws InterruptedException, TimeoutException {
      try {
        return end().get(longest.toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "the end of flow " + flowId + " cannot be told", e.getCause());
      }
    }
  }
}
