package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.query.FetchCount;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.SnapshotHeader.Place;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read model behind lists of flows: the committed state of all live flows and of those that
 * ended lately, as columns in memory, made from the changelog of the flows store and the archive
 * topic. It adds no write to a flow's path. Its own thread reads; every public method may be called
 * from any thread.
 */
public final class FlowIndex implements AutoCloseable {

  /** The heap that a flow takes, about. */
  public static final int BYTES_PER_FLOW = FlowColumns.BYTES_PER_FLOW;

  private static final Logger LOG = LoggerFactory.getLogger(FlowIndex.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(60);

  /** Lists that are further behind are not called complete. */
  private static final Duration MOST_LAG = Duration.ofSeconds(5);

  /** An ended flow, its larger contents, the end of its transaction; and partitions differ. */
  private static final long RECORDS_PER_FLOW = 8;

  /** Receives what the index reads, for the metrics; called by the reading thread. */
  public interface Listener {
    /** A record cannot be read, and the flow it is about is not in the lists as it stands. */
    void onUnreadable();

    /** The index could not be written to its file. */
    void onSnapshotFailed();
  }

  /**
   * How much the index holds, and where it is kept.
   *
   * @param maxFlows the most flows, but for those that may need an operator
   * @param retention how long ended flows are kept
   * @param directory where the index is kept over a restart
   */
  public record Settings(int maxFlows, Duration retention, Path directory) {}

  /**
   * How fresh and how complete an answer is.
   *
   * @param asOf everything committed until then is in it, ms since the epoch
   * @param lagMs how long ago that is
   * @param reachesBackTo every flow that started since then is in it, ms since the epoch
   * @param complete false when flows may be missing, or be shown in an older state
   * @param note why; null when it is complete
   */
  public record State(
      long asOf, long lagMs, long reachesBackTo, boolean complete, @Nullable String note) {

    /**
     * How an answer stands whose rows were read between this look and a later one. The rows are
     * cleared when all flows are read anew, so a scan may have seen few of them.
     */
    public State until(State later) {
      return complete && !later.complete
          ? new State(asOf, lagMs, reachesBackTo, false, later.note)
          : this;
    }
  }

  private final ReadConsumers consumers;
  private final ReaderPool readers;
  private final String changelog;
  private final int maxFlows;
  private final SnapshotKeeper keeper;
  private final FlowColumns columns;
  private final MinuteCounts minutes = new MinuteCounts();
  private final Freshness freshness = new Freshness();
  private final TakenRecords taken;
  private final TailThread tail =
      new TailThread(
          "doundo-flow-index", this::open, this::follow, "The flow lists cannot be updated");

  /** Where each partition is read on; empty when everything is to be read anew. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private volatile boolean caughtUp;
  private volatile boolean anew;

  /**
   * @param changelog name of the changelog topic of the flows store
   * @param definitions for the names of steps that failed
   */
  public FlowIndex(
      ReadConsumers consumers,
      ReaderPool readers,
      String changelog,
      Settings settings,
      DefinitionLookup definitions,
      TopicFacts facts,
      Listener listener) {
    this.consumers = consumers;
    this.readers = readers;
    this.changelog = changelog;
    this.maxFlows = settings.maxFlows();
    this.keeper =
        new SnapshotKeeper(
            settings.directory(),
            facts,
            changelog,
            List.of(changelog, Topics.ARCHIVE, Topics.DEAD_LETTER),
            listener::onSnapshotFailed);
    this.columns =
        new FlowColumns(
            maxFlows,
            settings.retention(),
            System::currentTimeMillis,
            (definition, index) -> stepName(definitions, definition, index));
    this.taken = new TakenRecords(changelog, columns, minutes, listener);
  }

  private static String stepName(
      DefinitionLookup definitions, IndexedDefinition indexed, int index) {
    DefinitionId id = indexed.id();
    Orchestration definition =
        id == null ? null : definitions.find(id, indexed.path()).orElse(null);
    return definition == null ? "#" + (index + 1) : definition.steps().get(index).name();
  }

  /** Begins to read; the topics must exist. */
  public void start() {
    LOG.info(
        "The flow lists hold up to {} flows, about {} MB (doundo.search.max-flows)",
        maxFlows,
        (long) maxFlows * BYTES_PER_FLOW / 1_000_000);
    tail.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean caughtUp() {
    return caughtUp;
  }

  /** Whether flows are missing because there were more than the limit. */
  public boolean overflowed() {
    return columns.overflowed();
  }

  /** The number of flows in the lists. */
  public int size() {
    return columns.size();
  }

  /** How fresh and how complete an answer from the rows is that are there now. */
  public State state() {
    long now = System.currentTimeMillis();
    long asOf = freshness.asOf() == 0 ? now : freshness.asOf();
    long lag = Math.max(0, now - asOf);
    String note = note(caughtUp, lag, columns.overflowed());
    return new State(asOf, lag, columns.reachesBackTo(), note == null, note);
  }

  /** Why flows may be missing, or be shown in an older state; null when neither can be. */
  public static @Nullable String note(boolean caughtUp, long lag, boolean overflowed) {
    if (!caughtUp) {
      return "The flow list is still loading after startup; flows may be missing.";
    }
    if (lag > MOST_LAG.toMillis()) {
      return "The flow list is %d s behind; flows may be missing or have moved on since."
          .formatted(TimeUnit.MILLISECONDS.toSeconds(lag));
    }
    return overflowed
        ? "There are more flows than the lists hold; the oldest ended ones are missing, and running"
            + " ones may be."
        : null;
  }

  /** The rows of all flows. */
  public FlowColumns columns() {
    return columns;
  }

  /** What happened in each minute of the last 24 hours. */
  public MinuteCounts minutes() {
    return minutes;
  }

  /** The row of one flow. */
  public Optional<FlowRow> find(String flowId) {
    return columns.find(flowId);
  }

  /**
   * One flow as the record says that its row was made of, without the larger contents; empty when
   * there is no row, or when that record is gone because there is a newer one.
   *
   * @throws ReadsUnavailableException when the record cannot be read right now
   */
  public Optional<StoredFlow> flow(String flowId) {
    return columns.find(flowId).flatMap(this::flow);
  }

  private Optional<StoredFlow> flow(FlowRow row) {
    byte[] value = row.ended() ? taken.recent(row.source()) : null;
    if (value == null) {
      value = read(row);
    }
    if (value == null) {
      return Optional.empty();
    }
    return row.ended() ? FlowRecords.archived(value) : FlowRecords.live(value);
  }

  private byte @Nullable [] read(FlowRow row) {
    String topic = row.ended() ? Topics.ARCHIVE : changelog;
    TopicPartition partition = new TopicPartition(topic, row.source().partition());
    try {
      return readers.read(
          consumer -> RecordAt.read(consumer, partition, row.source().offset(), row.flowId()));
    } catch (KafkaException e) {
      throw new ReadsUnavailableException(
          "Flow \"%s\" cannot be read from %s right now.".formatted(row.flowId(), partition), e);
    }
  }

  /** Number of flows in each status; a status without flows is absent. */
  public Map<FlowStatus, Long> countByStatus() {
    return columns.countByStatus();
  }

  @Override
  public void close() {
    tail.stopNow();
    if (caughtUp && !tail.isAlive()) {
      keeper.writeNow(columns, minutes, next, taken.told(), freshness.asOf());
    }
  }

  /** Whether everything that was there at the start has been read, and nothing is far behind. */
  public boolean isCurrent() {
    return caughtUp && System.currentTimeMillis() - freshness.asOf() < MOST_LAG.toMillis();
  }

  /** Whether everything committed until then, ms since the epoch, is in the rows. */
  public boolean covers(long at) {
    return caughtUp && freshness.asOf() >= at;
  }

  /** Reads all flows anew, because the lists were found to be wrong. */
  public void readAnew() {
    anew = true;
  }

  /** Opens another consumer, as after an error; for tests. */
  public void reconnect() {
    tail.reconnect();
  }

  private Consumer<byte[], byte[]> open() {
    // Waits for a batch on the broker's side: a list may be a moment old, and the data plane
    // is not disturbed by thousands of small fetches.
    return consumers.open(
        "doundo-flow-index",
        Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            5_000,
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
            1024 * 1024,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            (int) POLL.toMillis()));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> live = partitions(consumer, changelog);
    List<TopicPartition> archive = partitions(consumer, Topics.ARCHIVE);
    List<TopicPartition> deadLetters = partitions(consumer, Topics.DEAD_LETTER);
    List<TopicPartition> all = Stream.of(live, archive, deadLetters).flatMap(List::stream).toList();
    consumer.assign(all);
    if (next.isEmpty()) {
      load(consumer, all);
    }
    if (!readOn(consumer, all)) {
      readAnew(consumer, live, archive, deadLetters);
    }
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(all));
    FetchCount fetches = new FetchCount(consumer);
    long keptAt = System.nanoTime();
    while (!tail.isStopped()) {
      long begin = System.currentTimeMillis();
      taken.take(consumer.poll(POLL));
      all.forEach(partition -> next.put(partition, consumer.position(partition)));
      if (anew) {
        anew = false;
        readAnew(consumer, live, archive, deadLetters);
        behind = new HashMap<>(consumer.endOffsets(all));
        continue;
      }
      if (fetches.hasRisen()) {
        if (caughtUp && keeper.mayHaveMissedEnds(freshness.asOf(), begin)) {
          LOG.warn(
              "Nothing was read for {} h, and flows may have ended unseen; all are read anew",
              TimeUnit.MILLISECONDS.toHours(begin - freshness.asOf()));
          anew = true;
          continue;
        }
        observe(consumer, all, begin);
      }
      if (!caughtUp) {
        behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (behind.isEmpty()) {
          columns.dropLeaving();
          caughtUp = true;
          LOG.info("The flow lists are complete: {} flows", columns.size());
        }
      }
      if (System.nanoTime() - keptAt > HOUSEKEEPING.toNanos()) {
        keptAt = System.nanoTime();
        keepHouse(consumer, archive);
        if (caughtUp) {
          keeper.begin(columns, minutes, next, taken.told(), freshness.asOf());
        }
      }
    }
  }

  private void observe(Consumer<byte[], byte[]> consumer, List<TopicPartition> all, long at) {
    for (int i = 0; i < all.size(); i++) {
      OptionalLong lag = consumer.currentLag(all.get(i));
      if (lag.isPresent() && lag.getAsLong() == 0) {
        freshness.upToDate(i, at);
      }
    }
    freshness.publish();
  }

  private void keepHouse(Consumer<byte[], byte[]> consumer, List<TopicPartition> archive) {
    Map<Integer, Long> starts = new HashMap<>();
    LogStarts.of(consumer, archive)
        .forEach((partition, start) -> starts.put(partition.partition(), start));
    columns.keepHouse(starts);
    columns.dropLeavingSinceLong();
  }

  /** Takes the rows as they were when the process before this one ended, if they can be used. */
  private void load(Consumer<byte[], byte[]> consumer, List<TopicPartition> all) {
    columns.clear();
    keeper
        .load(columns, minutes, consumer.beginningOffsets(all), consumer.endOffsets(all))
        .ifPresent(
            header -> {
              header.next().forEach((place, offset) -> next.put(partition(place), offset));
              header.told().forEach((place, offset) -> taken.tell(partition(place), offset));
              freshness.begin(all.size(), header.asOf());
            });
  }

  private static TopicPartition partition(Place place) {
    return new TopicPartition(place.topic(), place.partition());
  }

  /** Goes on where reading was interrupted, if all of it is still there. */
  private boolean readOn(Consumer<byte[], byte[]> consumer, List<TopicPartition> all) {
    if (!next.keySet().containsAll(all)) {
      return false;
    }
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(all);
    Map<TopicPartition, Long> ends = consumer.endOffsets(all);
    for (TopicPartition partition : all) {
      long offset = next.getOrDefault(partition, -1L);
      if (offset < beginnings.getOrDefault(partition, 0L)
          || offset > ends.getOrDefault(partition, 0L)) {
        return false;
      }
    }
    all.forEach(partition -> consumer.seek(partition, next.getOrDefault(partition, 0L)));
    return true;
  }

  private void readAnew(
      Consumer<byte[], byte[]> consumer,
      List<TopicPartition> live,
      List<TopicPartition> archive,
      List<TopicPartition> deadLetters) {
    caughtUp = false;
    next.clear();
    columns.clear();
    freshness.begin(live.size() + archive.size() + deadLetters.size(), System.currentTimeMillis());
    consumer.seekToBeginning(live);
    seekToNewDeadLetters(consumer, deadLetters);
    seekToLatest(consumer, consumer.endOffsets(archive));
  }

  /** Those that came while nothing was read are new as well. */
  private void seekToNewDeadLetters(
      Consumer<byte[], byte[]> consumer, List<TopicPartition> deadLetters) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(deadLetters);
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(deadLetters);
    for (TopicPartition partition : deadLetters) {
      long end = ends.getOrDefault(partition, 0L);
      long unread = taken.toldUpTo(partition, end - 1) + 1;
      consumer.seek(
          partition, Math.max(beginnings.getOrDefault(partition, 0L), Math.min(unread, end)));
      taken.tell(partition, taken.toldUpTo(partition, end - 1));
    }
  }

  /** The archive may hold a thousand times what can be kept here. */
  private void seekToLatest(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    long most = RECORDS_PER_FLOW * maxFlows / Math.max(1, ends.size());
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(ends.keySet());
    ends.forEach(
        (partition, end) -> {
          long beginning = beginnings.getOrDefault(partition, 0L);
          consumer.seek(partition, Math.max(beginning, end - most));
          taken.skip(partition, end - most > beginning);
        });
  }

  private static List<TopicPartition> partitions(
      Consumer<byte[], byte[]> consumer, String... topics) {
    return Stream.of(topics)
        .map(consumer::partitionsFor)
        .flatMap(Collection::stream)
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }
}
