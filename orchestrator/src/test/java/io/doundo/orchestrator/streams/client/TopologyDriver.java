package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.StatusChange;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.ContentReferences;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.task.FlowProcessor;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The engine's topology in the test driver: records in and out, its clock moved by hand. */
public final class TopologyDriver implements AutoCloseable {

  /** The marks that the API would put on its records. */
  public static final SenderMark SENDERS = SenderMark.of("the secret of the tests of the engine");

  public static final Instant BEGIN = Instant.parse("2026-11-20T10:00:00Z");

  private static final Path IN_MEMORY = Path.of("/dev/shm");

  /** In bytes. The small file system that a container has there is left alone. */
  private static final long LEAST_IN_MEMORY = 512L << 20;

  private final Set<String> missing = new HashSet<>();
  private final Map<String, DefinitionHistory> histories = new HashMap<>();
  private final List<TestRecord<String, byte[]>> archive = new ArrayList<>();
  private final List<RevivableFlows> tasks = new ArrayList<>();
  private final Path stateDir;
  private final TopologyTestDriver driver;
  private final EngineMeters meters = new EngineMeters();
  private @Nullable String failure;
  private boolean failing;
  private Instant now = BEGIN;
  private int archiveTaken;
  private int questions;
  private @Nullable List<Runnable> unanswered;
  private @Nullable String heldBack;
  private final List<Runnable> answersHeldBack = new ArrayList<>();
  private @Nullable RuntimeException archiveFailure;
  private @Nullable Instant readUntil;

  public TopologyDriver() {
    this(1, 1_000_000, true);
  }

  public TopologyDriver(int partitions, int maxRecordBytes) {
    this(partitions, maxRecordBytes, true);
  }

  public TopologyDriver(int partitions, int maxRecordBytes, boolean audit) {
    this(partitions, maxRecordBytes, audit, FailStep.FINAL, Duration.ofDays(7));
  }

  public static TopologyDriver repairing(Duration repairWindow) {
    return new TopologyDriver(1, 1_000_000, true, FailStep.FINAL, repairWindow);
  }

  public static TopologyDriver reading(FailStep failStep) {
    return new TopologyDriver(1, 1_000_000, true, failStep, Duration.ofDays(7));
  }

  /** HTTP steps that name no breaker stand behind that of their connection. */
  public static TopologyDriver behind(Map<String, String> breakersOfConnections) {
    return new TopologyDriver(
        1, 1_000_000, true, FailStep.FINAL, Duration.ofDays(7), breakersOfConnections);
  }

  private TopologyDriver(
      int partitions, int maxRecordBytes, boolean audit, FailStep failStep, Duration repairWindow) {
    this(partitions, maxRecordBytes, audit, failStep, repairWindow, Map.of());
  }

  private TopologyDriver(
      int partitions,
      int maxRecordBytes,
      boolean audit,
      FailStep failStep,
      Duration repairWindow,
      Map<String, String> breakersOfConnections) {
    stateDir = stateDir();
    EngineSettings defaults = EngineSettings.of("nowhere:9092", stateDir);
    EngineSettings settings =
        new EngineSettings(
            "engine-test",
            defaults.bootstrapServers(),
            Map.of(),
            stateDir,
            partitions,
            1,
            defaults.commitInterval(),
            defaults.definitionWait(),
            defaults.hold(),
            maxRecordBytes,
            defaults.archiveRetention(),
            repairWindow,
            1,
            0,
            null,
            defaults.cacheBytes(),
            failStep,
            audit,
            SENDERS,
            TraceSampling.ALL,
            EngineSettings.MOST_ITEMS,
            breakersOfConnections);
    Properties properties = new Properties();
    properties.putAll(EngineProperties.of(settings));
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    driver =
        new TopologyTestDriver(
            FlowTopology.build(settings, () -> flows(settings), this::seenUntil, meters),
            properties,
            BEGIN);
  }

  private RevivableFlows flows(EngineSettings settings) {
    RevivableFlows task =
        new RevivableFlows(
            new FlowProcessor(
                settings, this::exists, this::seenUntil, new DriversArchive(), meters));
    tasks.add(task);
    return task;
  }

  /** Begins the task again with what its stores have, as after a transaction that was aborted. */
  public void revive() {
    // Kafka Streams makes others to look at them only.
    assertThat(tasks.stream().filter(RevivableFlows::isBegun).peek(RevivableFlows::revive))
        .hasSize(1);
  }

  /**
   * In memory where the system has files there: the test driver commits at every record and tick,
   * and the stores wait for the disk each time.
   */
  private static Path stateDir() {
    try {
      boolean isInMemory =
          Files.isWritable(IN_MEMORY)
              && Files.getFileStore(IN_MEMORY).getUsableSpace() > LEAST_IN_MEMORY;
      return isInMemory
          ? Files.createTempDirectory(IN_MEMORY, "engine-test")
          : Files.createTempDirectory("engine-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An archive for recalls; flows are not looked up here. */
  private final class DriversArchive implements Archive {

    @Override
    public CompletableFuture<Optional<StoredFlow>> find(String flowId, FlowStub stub) {
      throw new AssertionError("the data plane recalls");
    }

    @Override
    public CompletableFuture<Optional<StoredFlow>> recall(String flowId, FlowStub stub) {
      return askArchive(flowId, stub);
    }

    @Override
    public void ends(String flowId, StoredFlow flow) {
      assertThat(ContentReferences.allStandIn(flow.contents(), flow.state())).isTrue();
      assertThat(flow.state().status().isTerminal()).isTrue();
    }

    @Override
    public void settled() {
      throw new AssertionError("the driver has no transactions");
    }
  }

  private CompletableFuture<Optional<StoredFlow>> askArchive(String flowId, FlowStub stub) {
    questions++;
    if (archiveFailure != null) {
      return CompletableFuture.failedFuture(archiveFailure);
    }
    CompletableFuture<Optional<StoredFlow>> answer = new CompletableFuture<>();
    Runnable answering = () -> answer.complete(archived(flowId, stub));
    if (flowId.equals(heldBack)) {
      answersHeldBack.add(answering);
    } else if (unanswered == null) {
      answering.run();
    } else {
      unanswered.add(answering);
    }
    return answer;
  }

  public EngineMeters meters() {
    return meters;
  }

  public int questionsToTheArchive() {
    return questions;
  }

  public void archiveAnswersLater() {
    unanswered = new ArrayList<>();
  }

  /** Answers all recalls so far, and from now on at once. */
  public void archiveAnswers() {
    List<Runnable> answers = unanswered == null ? List.of() : unanswered;
    unanswered = null;
    answers.forEach(Runnable::run);
    pass(Duration.ofMillis(100));
  }

  /** The archive does not find this flow yet. */
  public void archiveHoldsBack(String flowId) {
    heldBack = flowId;
  }

  /** The archive has found the flow that it has held back. */
  public void archiveFindsIt() {
    heldBack = null;
    answersHeldBack.forEach(Runnable::run);
    answersHeldBack.clear();
    pass(Duration.ofMillis(100));
  }

  public void archiveFails(RuntimeException failure) {
    archiveFailure = failure;
  }

  public void archiveWorks() {
    archiveFailure = null;
  }

  public void loseArchive() {
    readArchive();
    archive.clear();
    archiveTaken = 0;
  }

  /** Loses what the archive has of one flow. */
  public void loseOf(String flowId) {
    readArchive();
    archive.removeIf(record -> record.key().equals(flowId));
    archiveTaken = Math.min(archiveTaken, archive.size());
  }

  /** The records written to the archive topic. */
  private Optional<StoredFlow> archived(String flowId, FlowStub stub) {
    readArchive();
    Map<String, byte[]> contents = new HashMap<>();
    for (TestRecord<String, byte[]> record : archive) {
      if (record.key().equals(flowId) && ArchiveCodec.isContent(record.value())) {
        ArchiveCodec.ArchivedContent content = ArchiveCodec.decodeContent(record.value());
        contents.put(content.digest(), content.bytes());
      } else if (record.key().equals(flowId)) {
        StoredFlow flow = ArchiveCodec.flow(record.value());
        if (stub.isOf(flow.state())) {
          assertThat(record.timestamp()).isEqualTo(stub.archivedAt());
          contents.putAll(flow.contents());
          return Optional.of(new StoredFlow(flow.state(), flow.searchValue(), contents));
        }
      }
    }
    return Optional.empty();
  }

  private void readArchive() {
    archive.addAll(taken(Topics.ARCHIVE));
  }

  private boolean exists(String topic) {
    String problem = failure;
    if (!failing) {
      failure = null;
    }
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
    return !missing.contains(topic);
  }

  private long seenUntil(TopicPartition partition, long processed, long now) {
    return readUntil == null ? now : Math.min(now, readUntil.toEpochMilli());
  }

  /**
   * Records that were appended later are in the topics, and the consumer has not read them.
   *
   * @param until null when it has read all
   */
  public void hasReadUntil(@Nullable Instant until) {
    readUntil = until;
  }

  /** The next check of the topics fails. */
  public void failOnce(String problem) {
    failure = problem;
  }

  /** Every check of the topics fails, until {@link #recover}. */
  public void failAlways(String problem) {
    failure = problem;
    failing = true;
  }

  public void recover() {
    failure = null;
    failing = false;
  }

  /**
   * The contents get lost that stand beside the live state of a flow.
   *
   * @return gives them back
   */
  public Runnable loseContentsOf(String flowId) {
    KeyValueStore<String, byte[]> contents = driver.getKeyValueStore(StoreNames.CONTENTS);
    Map<String, byte[]> lost = new HashMap<>();
    try (var all = contents.all()) {
      all.forEachRemaining(
          row -> {
            if (row.key.startsWith(flowId + '|')) {
              lost.put(row.key, row.value);
            }
          });
    }
    lost.keySet().forEach(contents::delete);
    return () -> lost.forEach(contents::put);
  }

  /** The live state of a flow gets lost. */
  public void lose(String flowId) {
    driver.<String, byte[]>getKeyValueStore(StoreNames.FLOWS).delete(flowId);
    noticeChange(flowId);
  }

  /** Changes the engine's store from outside. */
  public void damage(String flowId, byte[] row) {
    driver.<String, byte[]>getKeyValueStore(StoreNames.FLOWS).put(flowId, row);
    noticeChange(flowId);
  }

  /** A task reads its flows again when it begins again; the rows of others are always read. */
  private void noticeChange(String key) {
    if (!BreakerKey.isOne(key) && !ScheduleKey.isOne(key)) {
      revive();
    }
  }

  public Instant now() {
    return now;
  }

  /** Every other topic exists. */
  public void topicMissing(String topic) {
    missing.add(topic);
  }

  public void topicCreated(String topic) {
    missing.remove(topic);
  }

  public void register(Orchestration orchestration) {
    register(orchestration, now);
  }

  /**
   * Adds a definition.
   *
   * @param appended when, by the broker's clock
   */
  public void register(Orchestration orchestration, Instant appended) {
    DefinitionHistory history =
        histories
            .getOrDefault(orchestration.name(), DefinitionHistory.EMPTY)
            .with(orchestration.id().hash(), appended.toEpochMilli());
    histories.put(orchestration.name(), history);
    send(
        Topics.DEFINITIONS,
        orchestration.id().topicKey(),
        DefinitionCodec.encode(orchestration),
        Map.of());
    send(Topics.DEFINITIONS, orchestration.name(), history.encode(), Map.of());
  }

  /** The name accepts starts from now on, or no longer. */
  public void becomes(String orchestration, OrchestrationStatus status) {
    DefinitionHistory history =
        histories
            .getOrDefault(orchestration, DefinitionHistory.EMPTY)
            .with(new StatusChange(status, now.toEpochMilli(), null));
    histories.put(orchestration, history);
    send(Topics.DEFINITIONS, orchestration, history.encode(), Map.of());
  }

  public void send(String topic, @Nullable String key, String value) {
    send(topic, key, value.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  public void send(
      String topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
    send(topic, key, value, headers, now);
  }

  /**
   * Pipes a record into the topology.
   *
   * @param appended when, by the broker's clock
   */
  public void send(
      String topic,
      @Nullable String key,
      byte @Nullable [] value,
      Map<String, String> headers,
      Instant appended) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    TestRecord<byte[], byte[]> record =
        new TestRecord<>(
            key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, appended);
    headers.forEach(
        (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
    input.pipeInput(record);
  }

  /** Takes the records written to a topic since the last call. */
  public List<TestRecord<String, byte[]>> take(String topic) {
    if (topic.equals(Topics.ARCHIVE)) {
      readArchive();
      List<TestRecord<String, byte[]>> fresh = archive.subList(archiveTaken, archive.size());
      archiveTaken = archive.size();
      return List.copyOf(fresh);
    }
    return taken(topic);
  }

  private List<TestRecord<String, byte[]>> taken(String topic) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  public Set<String> producedTopics() {
    return driver.producedTopicNames();
  }

  /** Takes the dead letters, each as its reason. */
  public List<String> takeReasons() {
    return take(Topics.DEAD_LETTER).stream()
        .map(letter -> header(letter, io.doundo.protocol.RecordHeaders.DEAD_LETTER_REASON))
        .toList();
  }

  public List<AuditRecord> takeAudit() {
    List<AuditRecord> records = new ArrayList<>();
    for (TestRecord<String, byte[]> record : take(Topics.FLOW_EVENTS)) {
      if (!AuditRecord.isOfFlow(record.key().getBytes(StandardCharsets.UTF_8))) {
        continue;
      }
      try {
        records.add(AuditRecord.decode(record.value()));
      } catch (MalformedRecordException e) {
        throw new AssertionError("an audit record cannot be read", e);
      }
    }
    return records;
  }

  public static String header(TestRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Moves the clock in ticks of the timers, so that each fires on time. */
  public void pass(Duration time) {
    long left = time.toMillis();
    while (left > 0) {
      long step = Math.min(left, 100);
      now = now.plusMillis(step);
      driver.advanceWallClockTime(Duration.ofMillis(step));
      left -= step;
    }
  }

  /** Moves the clock at once. */
  public void leap(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  /** The stored flow, live or archived, or null. */
  public @Nullable StoredFlow stored(String flowId) {
    byte[] live = row(flowId);
    if (live != null && FlowValue.isFlow(live)) {
      return FlowStateCodec.decode(live);
    }
    byte[] stub =
        FlowStores.newest(driver.<String, byte[]>getWindowStore(StoreNames.STUBS), flowId);
    return stub == null ? null : archived(flowId, FlowStub.decode(stub)).orElse(null);
  }

  /** The number of stubs stored under a flowId. */
  public int stubs(String flowId) {
    int count = 0;
    try (var stubs =
        driver
            .<String, byte[]>getWindowStore(StoreNames.STUBS)
            .fetch(flowId, Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"))) {
      while (stubs.hasNext()) {
        stubs.next();
        count++;
      }
    }
    return count;
  }

  public FlowState flow(String flowId) {
    StoredFlow stored = stored(flowId);
    if (stored == null) {
      throw new AssertionError("no flow " + flowId);
    }
    return stored.state();
  }

  /** The value of the live store under the flowId. */
  public byte @Nullable [] row(String flowId) {
    return driver.<String, byte[]>getKeyValueStore(StoreNames.FLOWS).get(flowId);
  }

  public long entries(String store) {
    long count = 0;
    try (var all = driver.<Object, byte[]>getKeyValueStore(store).all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    driver.close();
    try {
      Utils.delete(stateDir.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
