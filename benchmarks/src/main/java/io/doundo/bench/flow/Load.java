package io.doundo.bench.flow;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Starts the flows of a run by records: as many as are let in, or at a rate ({@link Pacing}). Not
 * thread-safe.
 */
public final class Load implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final BenchClients.Sends sends = new BenchClients.Sends();

  public Load(String bootstrapServers) {
    producer = BenchClients.producer(bootstrapServers);
  }

  /** Starts a flow whenever fewer than the limit are in flight. */
  public void pour(FlowRun run, Scenario scenario, Mode mode, int inFlight, Duration patience) {
    Pacing.pour(run, inFlight, patience, starts(run, scenario, mode));
  }

  /** Starts flows at a rate, whatever becomes of them. */
  public void drip(FlowRun run, Scenario scenario, Mode mode, double flowsPerSecond) {
    Pacing.drip(run, flowsPerSecond, starts(run, scenario, mode));
  }

  /** Waits until all flows have ended, or none has for a while. */
  public void awaitEnds(FlowRun run, EndWatch watch, Duration patience) {
    Pacing.awaitEnds(
        run,
        patience,
        () -> {
          sends.requireNoFailure();
          watch.requireWatching();
        });
  }

  private IntConsumer starts(FlowRun run, Scenario scenario, Mode mode) {
    FlowMessage.Starts starts = new FlowMessage.Starts(scenario, mode, run.number());
    String topic = mode == Mode.LIMIT ? LimitTopics.START : Topics.EXECUTION_START;
    return flow -> {
      Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(topic, starts.key(flow), starts.value(flow)), sends.callback());
    };
  }

  @Override
  public void close() {
    producer.close();
  }
}
