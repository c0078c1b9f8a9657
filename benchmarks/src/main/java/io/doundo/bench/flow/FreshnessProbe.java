package io.doundo.bench.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Starts a flow every second, on a thread of its own, and looks for it in the lists of the service
 * by its search value, until it is there.
 */
public final class FreshnessProbe implements AutoCloseable {

  private static final String DOCUMENT =
      """
      orchestrationName: freshness
      vocabulary: 2
      searchKey: probe
      steps:
        - {name: seen, set: {seen: true}}
      """;

  private static final long INTERVAL_MS = 1_000;
  private static final long PAUSE_MS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * How long one flow took to be in the lists.
   *
   * @param sinceCommit nanoseconds since a reader of the audit log, who reads only what is
   *     committed, had its first record
   * @param sinceStart nanoseconds since its start was sent
   */
  public record FreshnessSample(long sinceCommit, long sinceStart) {}

  private final URI service;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Producer<byte[], byte[]> producer;
  private final Consumer<byte[], byte[]> audit;
  private final List<FreshnessSample> samples = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::probe, "freshness");
  private volatile boolean closed;
  private volatile @Nullable Exception failure;

  private FreshnessProbe(String bootstrapServers, URI service) {
    this.service = service;
    this.producer = BenchClients.producer(bootstrapServers);
    this.audit = BenchClients.consumer(bootstrapServers, true, List.of(Topics.FLOW_EVENTS));
  }

  /** Registers the probe's orchestration and starts to probe. */
  public static FreshnessProbe start(String bootstrapServers, URI service)
      throws IOException, InterruptedException {
    FreshnessProbe probe = new FreshnessProbe(bootstrapServers, service);
    HttpResponse<String> registered =
        probe.http.send(
            HttpRequest.newBuilder(service.resolve("/api/orchestrations"))
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(DOCUMENT))
                .build(),
            BodyHandlers.ofString());
    if (registered.statusCode() != 200) {
      throw new IllegalStateException("the probe was not registered: " + registered.body());
    }
    probe.thread.start();
    return probe;
  }

  /** What was measured up to now; throws when probing has failed. */
  public List<FreshnessSample> samples() {
    Exception failed = failure;
    if (failed != null) {
      throw new IllegalStateException("the probe failed", failed);
    }
    return List.copyOf(samples);
  }

  private void probe() {
    try {
      for (int number = 1; !closed; number++) {
        long begin = System.nanoTime();
        FreshnessSample sample = once("probe-" + number);
        if (sample == null) {
          return;
        }
        samples.add(sample);
        long left = INTERVAL_MS - (System.nanoTime() - begin) / 1_000_000;
        if (left > 0) {
          Thread.sleep(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      failure = e;
    } finally {
      audit.close();
      producer.close();
    }
  }

  /** Null when it was closed meanwhile. */
  private @Nullable FreshnessSample once(String flowId) throws IOException, InterruptedException {
    byte[] key = flowId.getBytes(UTF_8);
    String start =
        "{\"orchestrationName\":\"freshness\",\"flowId\":\"%1$s\",\"payload\":{\"probe\":\"%1$s\"}}"
            .formatted(flowId);
    long end = System.nanoTime() + PATIENCE.toNanos();
    long sent = System.nanoTime();
    var unused =
        producer.send(new ProducerRecord<>(Topics.EXECUTION_START, key, start.getBytes(UTF_8)));
    while (!isCommitted(key)) {
      if (closed) {
        return null;
      }
      require(end, flowId + " was never committed");
    }
    long committed = System.nanoTime();
    while (!isListed(flowId)) {
      require(end, flowId + " was never listed");
      Thread.sleep(PAUSE_MS);
    }
    long listed = System.nanoTime();
    return new FreshnessSample(listed - committed, listed - sent);
  }

  private static void require(long end, String otherwise) {
    if (System.nanoTime() > end) {
      throw new IllegalStateException(otherwise);
    }
  }

  private boolean isCommitted(byte[] key) {
    boolean found = false;
    for (ConsumerRecord<byte[], byte[]> record : audit.poll(BenchClients.POLL)) {
      found |= Arrays.equals(key, record.key());
    }
    return found;
  }

  private boolean isListed(String flowId) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(service.resolve("/api/flows?limit=1&key=" + flowId)).build(),
            BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("the list answered " + answer.statusCode());
    }
    return !Json.MAPPER.readTree(answer.body()).path("flows").isEmpty();
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
