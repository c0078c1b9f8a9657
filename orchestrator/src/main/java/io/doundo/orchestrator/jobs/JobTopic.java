package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.jobs.JobItems.ChunkResults;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicProgress;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of the jobs, as every instance sees it: the latest of each job is kept in memory, its
 * flows stay in the topic. A job has several records, so that those who write do not overwrite each
 * other: its definition and its flows, written once; what operators ask for; and what the owner has
 * done. Its own thread reads; every method may be called from any thread.
 */
public final class JobTopic implements AutoCloseable {

  static final TopicPartition PARTITION = new TopicPartition(Topics.JOBS, 0);

  private static final Logger LOG = LoggerFactory.getLogger(JobTopic.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration WRITE_WAIT = Duration.ofSeconds(15);
  private static final Duration READ_WAIT = Duration.ofSeconds(10);

  /** The key of the record that names the owner. */
  static final String OWNER = "owner";

  private static final String ORDER = "order";
  private static final String STOP = "stop";
  private static final String RATE = "rate";
  private static final String PROGRESS = "progress";
  private static final String RESULTS = "/results";

  /** In front of what a mark is for. It is no job, but changes as seldom and is read as widely. */
  private static final String SEEN = "seen/";

  private final ReadConsumers consumers;
  private final ReaderPool readers;
  private final Supplier<Producer<byte[], byte[]>> open;
  private final SeenMarks seen;
  private final Map<String, Parts> jobs = new ConcurrentHashMap<>();
  private final Object read = new Object();
  private final TailThread tail =
      new TailThread("doundo-jobs-topic", this::open, this::follow, "The jobs cannot be read");
  private final TopicProgress progress = new TopicProgress("jobs");
  private volatile @Nullable String owner;
  private volatile long position;
  private volatile boolean caughtUp;
  private @Nullable Producer<byte[], byte[]> producer;

  /** The records of a job that have been read. Written by the reading thread only. */
  private static final class Parts {
    private final Map<String, Long> places = new ConcurrentHashMap<>();
    private volatile @Nullable JobDefinition definition;
    private volatile @Nullable JobOrder order;
    private volatile @Nullable JobOrder stop;
    private volatile int perSecond;
    private volatile JobProgress progress = JobProgress.NONE;
    private volatile long newest;

    /** The records whose newest value cannot be read: then nobody may begin anew. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    @Nullable Job job() {
      JobDefinition known = definition;
      return known == null
          ? null
          : new Job(known, wanted(), perSecond == 0 ? known.perSecond() : perSecond, progress);
    }

    /** A stop is for good, whatever was asked at the same time. */
    private @Nullable JobOrder wanted() {
      JobOrder asked = stop == null ? order : stop;
      JobProgress.Start start = progress.start();
      return asked == null || start == null ? asked : asked.of(start);
    }
  }

  /**
   * @param open makes the producer for requests of operators, at the first use
   * @param seen is told which dead letters were marked as seen
   */
  public JobTopic(
      ReadConsumers consumers,
      ReaderPool readers,
      Supplier<Producer<byte[], byte[]>> open,
      SeenMarks seen) {
    this.seen = seen;
    this.consumers = consumers;
    this.readers = readers;
    this.open = open;
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /**
   * All jobs, newest first.
   *
   * @throws ReadsUnavailableException while the topic is still being read after the start
   */
  public List<Job> jobs() {
    requireCaughtUp();
    return known().stream()
        .sorted(
            Comparator.comparingLong((Job job) -> job.definition().createdAt())
                .reversed()
                .thenComparing(job -> job.definition().jobId()))
        .toList();
  }

  /** The jobs that have been read so far, in no order. */
  List<Job> known() {
    return jobs.values().stream().map(Parts::job).flatMap(Stream::ofNullable).toList();
  }

  /** Whether all that is known of the job can be read, so that it can be gone on with. */
  boolean isReadable(String jobId) {
    Parts parts = jobs.get(jobId);
    return parts != null && parts.unreadable.isEmpty();
  }

  /**
   * One job.
   *
   * @throws ReadsUnavailableException while the topic is still being read after the start
   */
  public Optional<Job> find(String jobId) {
    requireCaughtUp();
    Parts parts = jobs.get(jobId);
    return parts == null ? Optional.empty() : Optional.ofNullable(parts.job());
  }

  /** How old a list of the jobs is that is answered now. */
  public ListAge age() {
    return progress.age(caughtUp, System.currentTimeMillis());
  }

  /** The instance that runs the jobs; null while it is not known. */
  public @Nullable String owner() {
    return owner;
  }

  /** The keys of drafts without a record since then, and of what was not written whole. */
  List<String> abandonedKeys(long time) {
    // A newer release may have started it in words that this one cannot read.
    return keys(time, parts -> parts.order == null && parts.unreadable.isEmpty());
  }

  /** The keys of jobs whose flows are no longer followed, without a record since then. */
  List<String> endedKeys(long time) {
    return keys(time, parts -> parts.progress.isClosed());
  }

  private List<String> keys(long time, Predicate<Parts> matching) {
    List<String> keys = new ArrayList<>();
    jobs.forEach(
        (jobId, parts) -> {
          if (parts.newest < time && matching.test(parts)) {
            parts.places.keySet().forEach(part -> keys.add(key(jobId, part)));
          }
        });
    return keys;
  }

  static String key(String jobId, String part) {
    return part.isEmpty() ? jobId : jobId + '/' + part;
  }

  static String chunkKey(String jobId, int chunk) {
    return key(jobId, Integer.toString(chunk));
  }

  static String resultsKey(String jobId, int chunk) {
    return key(jobId, chunk + RESULTS);
  }

  static String progressKey(String jobId) {
    return key(jobId, PROGRESS);
  }

  /** Writes a new job: its flows first, so that whoever sees it finds them. */
  void writeNew(JobDefinition definition, List<Chunk> chunks) {
    List<CompletableFuture<RecordMetadata>> written = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      written.add(send(chunkKey(definition.jobId(), i), JobCodec.chunk(chunks.get(i))));
    }
    written.forEach(JobTopic::await);
    awaitRead(await(send(definition.jobId(), JobCodec.definition(definition))).offset());
  }

  /** Writes what an operator asks for; it has been read when this returns. */
  void writeOrder(String jobId, JobOrder order) {
    String part = order.wish() == JobOrder.Wish.STOP ? STOP : ORDER;
    awaitRead(await(send(key(jobId, part), JobCodec.order(order))).offset());
  }

  /** Writes another rate; it has been read when this returns. */
  void writeRate(String jobId, int perSecond) {
    awaitRead(await(send(key(jobId, RATE), JobCodec.rate(perSecond))).offset());
  }

  /** Writes marks of dead letters; they have been read when this returns. */
  public void writeSeen(List<SeenMarks.Mark> marks) {
    List<CompletableFuture<RecordMetadata>> written = new ArrayList<>();
    for (SeenMarks.Mark mark : marks) {
      written.add(send(SEEN + mark.subject(), JobCodec.mark(mark)));
    }
    long last = -1;
    for (CompletableFuture<RecordMetadata> one : written) {
      last = Math.max(last, await(one).offset());
    }
    awaitRead(last);
  }

  /** The keys of marks whose dead letters have expired. */
  List<String> expiredMarks(Map<Integer, Long> begins) {
    return seen.expired(begins).stream().map(subject -> SEEN + subject).toList();
  }

  /** Reads a chunk of a job's flows. */
  Chunk chunk(String jobId, int chunk) {
    byte[] value = value(jobId, Integer.toString(chunk));
    if (value == null) {
      throw new IllegalStateException(
          "the flows %s of a job are missing in %s".formatted(chunkKey(jobId, chunk), Topics.JOBS));
    }
    return JobCodec.chunk(value);
  }

  /**
   * Reads the results of a chunk.
   *
   * @param size the number of its flows
   */
  ChunkResults results(String jobId, int chunk, int size) {
    byte[] value = value(jobId, chunk + RESULTS);
    return value == null ? ChunkResults.none(size) : JobCodec.results(value);
  }

  /** Waits until everything up to this offset has been read. */
  void awaitRead(long offset) {
    long end = System.nanoTime() + READ_WAIT.toNanos();
    synchronized (read) {
      while (position <= offset) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0 || tail.isStopped()) {
          throw new ReadsUnavailableException(
              "The job was written but could not be read back within %d s. Look before you ask again."
                  .formatted(READ_WAIT.toSeconds()));
        }
        try {
          read.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new ReadsUnavailableException("The wait was interrupted.");
        }
      }
    }
  }

  @Override
  public void close() {
    tail.stopNow();
    synchronized (this) {
      if (producer != null) {
        producer.close(Duration.ofSeconds(5));
      }
    }
  }

  private void requireCaughtUp() {
    if (!caughtUp) {
      throw new ReadsUnavailableException("The jobs are still being read after the start.");
    }
  }

  private byte @Nullable [] value(String jobId, String part) {
    Parts parts = jobs.get(jobId);
    Long place = parts == null ? null : parts.places.get(part);
    if (place == null) {
      return null;
    }
    return readers.read(consumer -> value(consumer, key(jobId, part), place));
  }

  /** The newest record of a key keeps its offset when the topic is compacted. */
  private static byte[] value(Consumer<byte[], byte[]> consumer, String key, long place) {
    consumer.assign(List.of(PARTITION));
    consumer.seek(PARTITION, place);
    long end = System.nanoTime() + READ_WAIT.toNanos();
    while (System.nanoTime() < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() == place && record.value() != null) {
          return record.value();
        }
        if (record.offset() >= place) {
          throw new ReadsUnavailableException(
              "The record %s of a job was replaced while it was read; ask again.".formatted(key));
        }
      }
    }
    throw new ReadsUnavailableException("Reading the record %s timed out.".formatted(key));
  }

  private CompletableFuture<RecordMetadata> send(String key, byte[] value) {
    CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
    try {
      // The callback tells all that the producer's own future would.
      Future<RecordMetadata> unused =
          producer()
              .send(
                  new ProducerRecord<>(Topics.JOBS, key.getBytes(StandardCharsets.UTF_8), value),
                  (metadata, failure) -> {
                    if (failure == null) {
                      written.complete(metadata);
                    } else {
                      written.completeExceptionally(failure);
                    }
                  });
    } catch (KafkaException e) {
      written.completeExceptionally(e);
    }
    return written;
  }

  private static RecordMetadata await(CompletableFuture<RecordMetadata> written) {
    try {
      return written.get(WRITE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw notWritten(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw notWritten("no acknowledgement within " + WRITE_WAIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notWritten("interrupted", e);
    }
  }

  private static ReadsUnavailableException notWritten(String why, Exception cause) {
    return new ReadsUnavailableException(
        "Kafka has not acknowledged the job's record for %s: %s. Look at the job before you ask again."
            .formatted(Topics.JOBS, why),
        cause);
  }

  private synchronized Producer<byte[], byte[]> producer() {
    Producer<byte[], byte[]> opened = producer;
    if (opened == null) {
      opened = open.get();
      producer = opened;
    }
    return opened;
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-jobs-topic",
        Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            500,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            (int) POLL.toMillis()));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    consumer.assign(List.of(PARTITION));
    consumer.seek(PARTITION, position);
    if (position == 0) {
      consumer.seekToBeginning(List.of(PARTITION));
    }
    long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    progress.begin(consumer);
    while (!tail.isStopped()) {
      long begun = System.currentTimeMillis();
      consumer.poll(POLL).forEach(this::take);
      progress.polled(consumer, begun);
      long now = consumer.position(PARTITION);
      synchronized (read) {
        position = now;
        caughtUp = caughtUp || now >= end;
        read.notifyAll();
      }
    }
  }

  /** Notes a record of the topic; called by the reading thread, and by tests. */
  void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    try {
      take(key, record);
    } catch (RuntimeException e) {
      LOG.warn("{} at offset {} of {} cannot be read", key, record.offset(), Topics.JOBS, e);
      int slash = key.indexOf('/');
      Parts parts = jobs.get(slash < 0 ? key : key.substring(0, slash));
      if (parts != null) {
        parts.unreadable.add(slash < 0 ? "" : key.substring(slash + 1));
      }
    }
  }

  private void take(String key, ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (key.equals(OWNER)) {
      owner = value == null ? null : new String(value, StandardCharsets.UTF_8);
      return;
    }
    if (key.startsWith(SEEN)) {
      String subject = key.substring(SEEN.length());
      if (value == null) {
        seen.remove(subject);
      } else {
        seen.put(JobCodec.mark(subject, value), record.offset());
      }
      return;
    }
    int slash = key.indexOf('/');
    String jobId = slash < 0 ? key : key.substring(0, slash);
    String part = slash < 0 ? "" : key.substring(slash + 1);
    if (value == null) {
      forget(jobId, part);
      return;
    }
    Parts parts = jobs.computeIfAbsent(jobId, unused -> new Parts());
    parts.places.put(part, record.offset());
    parts.newest = Math.max(parts.newest, record.timestamp());
    switch (part) {
      case "" -> parts.definition = JobCodec.definition(value);
      case ORDER -> parts.order = JobCodec.order(value);
      case STOP -> parts.stop = JobCodec.order(value);
      case RATE -> parts.perSecond = JobCodec.rate(value);
      case PROGRESS -> parts.progress = JobCodec.progress(value);
      default -> LOG.trace("the flows of a job stay in the topic");
    }
    parts.unreadable.remove(part);
  }

  private void forget(String jobId, String part) {
    Parts parts = jobs.get(jobId);
    if (parts != null) {
      parts.places.remove(part);
      parts.unreadable.remove(part);
      if (part.isEmpty()) {
        parts.definition = null;
      }
      if (parts.places.isEmpty()) {
        jobs.remove(jobId);
      }
    }
  }
}
