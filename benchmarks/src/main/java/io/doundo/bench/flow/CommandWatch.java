package io.doundo.bench.flow;

import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Sees the commands of a run's flows, as workers do: uncommitted. Knows how many flows have had
 * one, and, from a mark on, when the first flow of each partition moves. One thread reads; another
 * asks.
 */
public final class CommandWatch implements AutoCloseable {

  private static final long LOOK_AGAIN_MS = 2;

  private final String bootstrapServers;
  private final FlowRun run;
  private final List<String> topics;
  private final BitSet seen;
  private final ConsumerThread following;
  private final Map<Integer, Long> firstMoves = new ConcurrentHashMap<>();
  private volatile int reached;
  private volatile Map<TopicPartition, Long> marks = Map.of();

  /** Begins to watch; made before the flows start. */
  public CommandWatch(String bootstrapServers, FlowRun run, Scenario scenario, Mode mode) {
    this.bootstrapServers = bootstrapServers;
    this.run = run;
    this.topics = scenario.commandTopics(mode);
    this.seen = new BitSet(run.flows());
    this.following =
        ConsumerThread.start(
            "moves", BenchClients.consumer(bootstrapServers, false, topics), this::take);
  }

  /** How many flows have had a command. */
  public int reached() {
    following.requireRunning();
    return reached;
  }

  /**
   * Waits until the given number of flows have had a command.
   *
   * @param patience how long the next one is waited for
   */
  public void awaitReached(int flows, Duration patience)
      throws InterruptedException, RefusedRunException {
    int before = -1;
    long since = System.nanoTime();
    for (int now = reached(); now < flows; now = reached()) {
      if (now != before) {
        before = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > patience.toNanos()) {
        throw new RefusedRunException(
            "starting flows",
            List.of("%d of %d flows have had no command".formatted(flows - now, flows)));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
  }

  /** Moves count from here; to be called while no orchestrator runs. */
  public void mark() {
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Consumer<byte[], byte[]> consumer =
        BenchClients.consumer(bootstrapServers, false, topics)) {
      consumer.assignment().forEach(partition -> ends.put(partition, consumer.position(partition)));
    }
    firstMoves.clear();
    marks = Map.copyOf(ends);
  }

  /** When the first flow of each partition moved, since the mark; nanoTime. */
  public Map<Integer, Long> firstMoves() {
    following.requireRunning();
    return Map.copyOf(firstMoves);
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    int more = reached;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (FlowMessage.run(record.key()) == run.number()) {
        int flow = FlowMessage.number(record.key());
        if (!seen.get(flow)) {
          seen.set(flow);
          more++;
        }
        Long mark = marks.get(new TopicPartition(record.topic(), record.partition()));
        if (mark != null && record.offset() >= mark) {
          firstMoves.putIfAbsent(record.partition(), now);
        }
      }
    }
    reached = more;
  }

  @Override
  public void close() {
    following.close();
  }
}
