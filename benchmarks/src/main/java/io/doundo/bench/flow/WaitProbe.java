package io.doundo.bench.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Starts flows at a rate with {@code POST /api/orchestrations/execute?wait=…}, and notes for each
 * of them when it ended, when its end was committed, and when the request was answered.
 */
public final class WaitProbe {

  private static final String ENDED = "COMPLETED";

  private final FlowRun run;
  private final AtomicLongArray writtenAt;
  private final AtomicLongArray committedAt;
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger committed = new AtomicInteger();
  private final AtomicLongArray answeredAt;

  private WaitProbe(int flows) {
    run = new FlowRun(flows);
    writtenAt = new AtomicLongArray(flows);
    committedAt = new AtomicLongArray(flows);
    answeredAt = new AtomicLongArray(flows);
  }

  /**
   * One flow, in nanoseconds. As each moment is seen by another reader, a part may be below zero.
   *
   * @param untilStart since the request was due, until a reader had the start that it wrote
   * @param untilEnd from there until its steps were done
   * @param untilCommit from there until a reader of committed records had its end
   * @param untilAnswer from there until the request was answered
   */
  public record WaitSample(long untilStart, long untilEnd, long untilCommit, long untilAnswer) {
    public long all() {
      return untilStart + untilEnd + untilCommit + untilAnswer;
    }
  }

  /**
   * Measures sequential flows of plain workers in an installation with an audit log.
   *
   * @param patience how long the last answer is waited for
   * @throws RefusedRunException when a request was not answered with a flow that has ended
   */
  public static List<WaitSample> measure(
      String bootstrapServers, URI service, int flows, double flowsPerSecond, Duration patience)
      throws InterruptedException, RefusedRunException {
    WaitProbe probe = new WaitProbe(flows);
    ConsumerThread commits =
        ConsumerThread.start(
            "commits",
            BenchClients.consumer(bootstrapServers, true, List.of(Topics.FLOW_EVENTS)),
            probe::commit);
    ConsumerThread starts =
        ConsumerThread.start(
            "starts",
            BenchClients.consumer(bootstrapServers, false, List.of(Topics.EXECUTION_START)),
            probe::write);
    try (EndWatch ends = new EndWatch(bootstrapServers, Mode.AUDIT)) {
      ends.watch(probe.run);
      probe.request(service, flowsPerSecond, patience);
      probe.awaitCommits(List.of(starts, commits), patience);
    } finally {
      commits.close();
      starts.close();
    }
    return probe.samples();
  }

  private void request(URI service, double flowsPerSecond, Duration patience)
      throws InterruptedException, RefusedRunException {
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    URI execute = service.resolve("/api/orchestrations/execute?wait=30s");
    FlowMessage.Starts starts =
        new FlowMessage.Starts(Scenario.SEQUENTIAL, Mode.AUDIT, run.number());
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    double interval = 1e9 / flowsPerSecond;
    long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
    for (int i = 0; i < run.flows(); i++) {
      int flow = i;
      long due = begin + (long) (i * interval);
      Pacing.awaitDue(due);
      run.started(flow, due);
      HttpRequest request =
          HttpRequest.newBuilder(execute)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofByteArray(starts.value(flow)))
              .build();
      answers.add(
          http.sendAsync(request, BodyHandlers.ofByteArray())
              .thenAccept(answer -> answered(flow, answer)));
    }
    try {
      CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new RefusedRunException(
          "execute?wait", List.of("a request was not answered with its flow: " + e));
    }
  }

  private void answered(int flow, HttpResponse<byte[]> answer) {
    answeredAt.set(flow, System.nanoTime());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          "%d: %s".formatted(answer.statusCode(), new String(answer.body(), UTF_8)));
    }
  }

  private void write(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (FlowMessage.run(record.key()) == run.number()
          && writtenAt.compareAndSet(FlowMessage.number(record.key()), 0, now)) {
        written.incrementAndGet();
      }
    }
  }

  private void commit(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (FlowMessage.run(record.key()) == run.number()
          && isEnd(record.value())
          && committedAt.compareAndSet(FlowMessage.number(record.key()), 0, now)) {
        committed.incrementAndGet();
      }
    }
  }

  private static boolean isEnd(byte[] value) {
    try {
      return ENDED.equals(AuditRecord.decode(value).status());
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("a record of the audit log cannot be read", e);
    }
  }

  /** Every flow has been answered, so that its end is committed; it need only be read here, too. */
  private void awaitCommits(List<ConsumerThread> readers, Duration patience)
      throws InterruptedException, RefusedRunException {
    long giveUpAt = System.nanoTime() + patience.toNanos();
    while (written.get() < run.flows()
        || committed.get() < run.flows()
        || run.endedCount() < run.flows()) {
      readers.forEach(ConsumerThread::requireRunning);
      if (System.nanoTime() > giveUpAt) {
        throw new RefusedRunException(
            "execute?wait", List.of("the end of a flow that was answered was not seen"));
      }
      Thread.sleep(5);
    }
  }

  private List<WaitSample> samples() {
    List<WaitSample> samples = new ArrayList<>();
    for (int i = 0; i < run.flows(); i++) {
      long start = writtenAt.get(i);
      long commit = committedAt.get(i);
      long end = run.endedAt(i);
      samples.add(
          new WaitSample(
              run.latency(i) - (end - start),
              end - start,
              commit - end,
              answeredAt.get(i) - commit));
    }
    return samples;
  }
}
