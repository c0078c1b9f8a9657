package io.doundo.bench.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Flows of {@link Scenario#LIST} that begin together, all of their way. A flow's list has completed
 * when the command of the step behind it is seen, and is undone when its flow is archived as that.
 * One thread reads; another one starts and waits.
 */
public final class ListRun implements AutoCloseable {

  private static final String UNDO = "undo";

  private final int items;
  private final List<String> flowIds;
  private final Producer<byte[], byte[]> producer;
  private final BenchClients.Sends sends = new BenchClients.Sends();
  private final ConsumerThread commands;
  private final ConsumerThread ends;
  private final Set<String> begun = new HashSet<>();
  private final Set<String> undone = new HashSet<>();
  private final Set<String> completed = new HashSet<>();
  private final Set<String> archived = new HashSet<>();
  private final Set<String> ended = new HashSet<>();
  private final AtomicLong lastMove = new AtomicLong();
  private final AtomicLong completedAt = new AtomicLong();
  private final AtomicLong archivedAt = new AtomicLong();
  private final AtomicLong undoneAt = new AtomicLong();
  private long startedAt;
  private long undoAt;

  /**
   * Begins to watch; nothing starts yet.
   *
   * @param lists how many flows there are
   * @param items of each of them
   */
  public ListRun(String bootstrapServers, int lists, int items) {
    this.items = items;
    FlowRun run = new FlowRun(lists);
    this.flowIds =
        IntStream.range(0, lists)
            .mapToObj(number -> new String(FlowMessage.flowId(run.number(), number), ISO_8859_1))
            .toList();
    this.producer = BenchClients.producer(bootstrapServers);
    this.commands =
        ConsumerThread.start(
            "commands-of-lists",
            BenchClients.consumer(
                bootstrapServers, false, Scenario.LIST.commandTopics(Mode.ENGINE)),
            this::seeCommands);
    this.ends =
        ConsumerThread.start(
            "ends-of-lists",
            BenchClients.consumer(bootstrapServers, true, List.of(Topics.ARCHIVE)),
            this::seeEnds);
  }

  /** Starts all of them. */
  public void start() {
    String list =
        IntStream.range(0, items)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "{\"items\":[", "]}"));
    RawJson payload = RawJson.trusted(list.getBytes(ISO_8859_1));
    startedAt = System.nanoTime();
    lastMove.set(startedAt);
    for (String flowId : flowIds) {
      StartEvent start =
          new StartEvent(Scenario.LIST.orchestration(Mode.ENGINE), flowId, payload, "bench");
      send(Topics.EXECUTION_START, flowId, start.encode());
    }
  }

  /**
   * Waits until all lists have completed.
   *
   * @param patience how long the next item is waited for
   * @return seconds since the start
   */
  public double awaitCompleted(Duration patience) throws InterruptedException, RefusedRunException {
    await(completedAt, "completed", patience);
    synchronized (this) {
      requireAll(begun, "had a command");
    }
    return (completedAt.get() - startedAt) / 1e9;
  }

  /**
   * Waits until all flows have completed and are archived with their parts.
   *
   * @param patience how long that may take
   * @return seconds since the start
   */
  public double awaitArchived(Duration patience) throws InterruptedException, RefusedRunException {
    lastMove.set(System.nanoTime());
    await(archivedAt, "archived", patience);
    return (archivedAt.get() - startedAt) / 1e9;
  }

  /** Undoes the completed flows. */
  public void undo() {
    undoAt = System.nanoTime();
    lastMove.set(undoAt);
    for (String flowId : flowIds) {
      ControlCommand command =
          new ControlCommand(UNDO, flowId, ControlAction.UNDO, null, null, null, UNDO, "bench");
      send(Topics.CONTROL, flowId, command.encode());
    }
  }

  /**
   * Waits until all are undone.
   *
   * @param patience how long the next item is waited for
   * @return seconds since the request
   */
  public double awaitUndone(Duration patience) throws InterruptedException, RefusedRunException {
    await(undoneAt, "undone", patience);
    synchronized (this) {
      requireAll(undone, "was undone");
    }
    return (undoneAt.get() - undoAt) / 1e9;
  }

  private void requireAll(Set<String> parts, String what) throws RefusedRunException {
    int all = flowIds.size() * items;
    if (parts.size() != all) {
      throw new RefusedRunException(
          "lists", List.of("%d of %d items %s".formatted(parts.size(), all, what)));
    }
  }

  private void await(AtomicLong at, String what, Duration patience)
      throws InterruptedException, RefusedRunException {
    while (at.get() == 0) {
      sends.requireNoFailure();
      commands.requireRunning();
      ends.requireRunning();
      if (System.nanoTime() - lastMove.get() > patience.toNanos()) {
        throw new RefusedRunException(
            "lists",
            List.of(
                "the lists are not %s, and nothing of them has moved for %d s"
                    .formatted(what, patience.toSeconds())));
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private synchronized void seeCommands(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      String key = new String(record.key(), ISO_8859_1);
      int tail = key.indexOf('~');
      String flowId = tail < 0 ? key : key.substring(0, tail);
      if (!flowIds.contains(flowId)) {
        continue;
      }
      lastMove.set(now);
      boolean isUndo = record.topic().endsWith('.' + UNDO);
      if (tail >= 0) {
        (isUndo ? undone : begun).add(key);
      } else if (!isUndo && completed.add(key)) {
        noteLast(completed, completedAt, now);
      }
    }
  }

  private synchronized void seeEnds(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      String key = new String(record.key(), ISO_8859_1);
      if (!flowIds.contains(key) || !FlowRecords.isEnd(record.value())) {
        continue;
      }
      FlowStatus status = FlowRecords.archived(record.value()).orElseThrow().state().status();
      if (status == FlowStatus.COMPLETED && archived.add(key)) {
        noteLast(archived, archivedAt, now);
      } else if (status == FlowStatus.UNDONE && ended.add(key)) {
        noteLast(ended, undoneAt, now);
      }
    }
  }

  private void noteLast(Set<String> flows, AtomicLong at, long now) {
    if (flows.size() == flowIds.size()) {
      at.set(now);
    }
  }

  private void send(String topic, String flowId, byte[] value) {
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(topic, flowId.getBytes(ISO_8859_1), value), sends.callback());
  }

  @Override
  public void close() {
    commands.close();
    ends.close();
    producer.close();
  }
}
