package io.doundo.worker.client;

import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.Names;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.doundo.worker.StartRefusedException;
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
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A client that needs nothing but Kafka. Thread-safe. */
public final class KafkaSagaClient implements SagaClient {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** How many characters of a text that is not valid an error message shows. */
  private static final int MOST_SHOWN = 80;

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
    this.ends = new FlowEnds(() -> KafkaClients.reader(this.kafka));
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
                return RegistrationWatch.await(KafkaClients.reader(kafka), metadata);
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
    return start(orchestration, UUID.randomUUID().toString(), false, payload);
  }

  @Override
  public StartedFlow start(String orchestration, String flowId, Object payload) {
    require("the flowId", flowId, Names.refuseStartedFlowId(flowId));
    return start(orchestration, flowId, true, payload);
  }

  private StartedFlow start(String orchestration, String flowId, boolean chosen, Object payload) {
    require("the orchestration's name", orchestration, Names.refuseOrchestration(orchestration));
    RawJson written = json.write(payload);
    byte[] value = new StartEvent(orchestration, flowId, written, service).encode();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.EXECUTION_START, utf8(flowId), value);
    KafkaStartedFlow flow =
        new KafkaStartedFlow(
            new WatchedStart(flowId, chosen, orchestration, written, Instant.now()),
            new CompletableFuture<>());
    ends.started(flow.start);
    afterCommit(() -> send(flow, record), flow::rolledBack);
    return flow;
  }

  /** Sends now or, inside a transaction, once it has committed. */
  private static void afterCommit(Runnable send, Runnable rolledBack) {
    if (TransactionSynchronizationManager.isSynchronizationActive()
        && TransactionSynchronizationManager.isActualTransactionActive()) {
      TransactionSynchronizationManager.registerSynchronization(new AfterCommit(send, rolledBack));
    } else {
      send.run();
    }
  }

  @Override
  public CompletableFuture<Void> signal(
      String flowId, String name, String signalId, Object payload) {
    require("the flowId", flowId, Names.refuseFlowId(flowId));
    require("the signal's name", name, Names.refuse(name));
    require("the signalId", signalId, Names.refuseControlId(signalId));
    byte[] value =
        ControlCommand.signal(signalId, flowId, name, json.write(payload), service).encode();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.CONTROL, utf8(flowId), value);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    afterCommit(() -> send(record, sent), () -> sent.cancel(false));
    return sent;
  }

  private static void require(String what, String text, @Nullable String refusal) {
    if (refusal != null) {
      throw new IllegalArgumentException(
          "%s \"%s\" %s".formatted(what, Printable.line(text, MOST_SHOWN), refusal));
    }
  }

  private void send(ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> sent) {
    send(record)
        .whenComplete(
            (metadata, error) -> {
              if (error == null) {
                sent.complete(null);
              } else {
                sent.completeExceptionally(error);
              }
            });
  }

  private void send(KafkaStartedFlow flow, ProducerRecord<byte[], byte[]> record) {
    send(record)
        .whenComplete(
            (metadata, error) -> {
              if (error == null) {
                flow.start.standsAt(metadata);
                ends.accepted(flow.start);
                flow.accepted().complete(null);
              } else {
                flow.notSent(error);
              }
            });
  }

  private CompletionStage<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    try {
      // The callback receives everything that the future would.
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
    } catch (RuntimeException e) {
      // A closed client, for example: the callback is not called then.
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

  /** Sends a record when the surrounding transaction has committed. */
  private static final class AfterCommit implements TransactionSynchronization {

    private final Runnable send;
    private final Runnable rolledBack;

    private boolean sent;

    AfterCommit(Runnable send, Runnable rolledBack) {
      this.send = send;
      this.rolledBack = rolledBack;
    }

    @Override
    public void afterCommit() {
      sent = true;
      send.run();
    }

    /** The last word: what another's {@code afterCommit} asked for is sent only now. */
    @Override
    public void afterCompletion(int status) {
      if (status != STATUS_COMMITTED) {
        rolledBack.run();
      } else if (!sent) {
        afterCommit();
      }
    }
  }

  private final class KafkaStartedFlow implements StartedFlow {

    private final WatchedStart start;
    private final CompletableFuture<Void> accepted;

    /** Whether a caller holds the future of the end and may wait on it indefinitely. */
    private volatile boolean handedOut;

    KafkaStartedFlow(WatchedStart start, CompletableFuture<Void> accepted) {
      this.start = start;
      this.accepted = accepted;
    }

    void notSent(Throwable error) {
      start.fail(error);
      ends.forget(start);
      accepted.completeExceptionally(error);
    }

    void rolledBack() {
      start.end().cancel(false);
      ends.forget(start);
      accepted.cancel(false);
    }

    @Override
    public String flowId() {
      return start.flowId();
    }

    @Override
    public CompletableFuture<Void> accepted() {
      return accepted;
    }

    @Override
    public CompletableFuture<FlowEnd> end() {
      handedOut = true;
      return ends.of(start);
    }

    @Override
    public FlowEnd await(Duration longest) throws InterruptedException, TimeoutException {
      try {
        return ends.of(start).get(longest.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (!handedOut) {
          ends.forget(start);
        }
        throw new TimeoutException(
            "flow %s has not ended within %s s according to the audit log; the flow continues"
                .formatted(flowId(), longest.toMillis() / 1_000.0));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof StartRefusedException refused) {
          throw refused;
        }
        throw new IllegalStateException(
            "the end of flow " + flowId() + " cannot be determined", e.getCause());
      }
    }
  }
}
