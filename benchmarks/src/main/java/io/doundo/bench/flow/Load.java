package io.doundo.bench.flow;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Starts the flows of a run: as many as are let in, or at a rate. Not thread-safe. */
public final class Load implements AutoCloseable {

  private static final long PAUSE_NANOS = 1_000_000;
  private static final long SPIN_NANOS = 20_000;

  private final Producer<byte[], byte[]> producer;
  private final BenchClients.Sends sends = new BenchClients.Sends();

  public Load(String bootstrapServers) {
    producer = BenchClients.producer(bootstrapServers);
  }

  /** Starts a flow whenever fewer than the limit are in flight. */
  public void pour(FlowRun run, Scenario scenario, Mode mode, int inFlight, Duration patience) {
    FlowMessage.Starts starts = new FlowMessage.Starts(scenario, mode, run.number());
    LoadProgress progress = new LoadProgress(run, patience);
    for (int i = 0; i < run.flows(); i++) {
      while (i - run.endedCount() >= inFlight) {
        if (progress.isStuck()) {
          return;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      run.started(i, System.nanoTime());
      send(starts, mode, i);
    }
  }

  /**
   * Starts flows at a rate, whatever becomes of them. A flow's start counts from when it was due: a
   * late driver must not make flows look faster.
   */
  public void drip(FlowRun run, Scenario scenario, Mode mode, double flowsPerSecond) {
    FlowMessage.Starts starts = new FlowMessage.Starts(scenario, mode, run.number());
    double interval = 1e9 / flowsPerSecond;
    long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
    for (int i = 0; i < run.flows(); i++) {
      long due = begin + (long) (i * interval);
      awaitDue(due);
      run.started(i, due);
      send(starts, mode, i);
    }
  }

  /** Waits until all flows have ended, or none has for a while. */
  public void awaitEnds(FlowRun run, EndWatch watch, Duration patience) {
    LoadProgress progress = new LoadProgress(run, patience);
    while (run.endedCount() < run.flows() && !progress.isStuck()) {
      sends.requireNoFailure();
      watch.requireWatching();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Returns at a moment of {@link System#nanoTime}, or at once if it is over. */
  static void awaitDue(long due) {
    long left = due - System.nanoTime();
    while (left > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = due - System.nanoTime();
    }
  }

  private void send(FlowMessage.Starts starts, Mode mode, int flow) {
    String topic = mode == Mode.LIMIT ? LimitTopics.START : Topics.EXECUTION_START;
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(topic, starts.key(flow), starts.value(flow)), sends.callback());
  }

  @Override
  public void close() {
    producer.close();
  }

  /** Notices that nothing ends any more. */
  private static final class LoadProgress {

    private final FlowRun run;
    private final long patience;
    private int seen = -1;
    private long since = System.nanoTime();

    LoadProgress(FlowRun run, Duration patience) {
      this.run = run;
      this.patience = patience.toNanos();
    }

    boolean isStuck() {
      int ended = run.endedCount();
      long now = System.nanoTime();
      if (ended != seen) {
        seen = ended;
        since = now;
      }
      return now - since > patience;
    }
  }
}
