package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.jobs.JobItems.ChunkResults;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.resend.BulkResend;
import io.doundo.orchestrator.resend.BulkResend.Prepared;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instance that runs the jobs holds, from one takeover to the next: the jobs in memory,
 * what they have sent and not yet written down, and the logs that tell what became of it. Confined
 * to the thread of the {@link JobRunner}.
 */
final class JobOwnership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JobOwnership.class);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration WRITE_EVERY = Duration.ofMillis(500);
  private static final Duration CLEAN_EVERY = Duration.ofMinutes(1);
  private static final Duration SEND_WAIT = Duration.ofSeconds(15);

  /** How many flows of all jobs together are kept in memory. */
  private static final int MOST_HELD = 2_000_000;

  /** How many dead letters are sent again before their acknowledgements are awaited. */
  private static final int RESEND_AT_ONCE = 25;

  /** A job of so many flows never waits. */
  private static final int SMALL = 10_000;

  /** How long a draft is kept, and what remains of a draft whose writing was interrupted. */
  private static final Duration DRAFT_LIFE = Duration.ofHours(1);

  private final JobTopic topic;
  private final BulkResend resend;
  private final OwnerSettings settings;
  private final Clock clock;
  private final JobRunner.Listener listener;
  private final Consumer<Duration> pause;
  private final Map<String, RunningJob> running = new LinkedHashMap<>();
  private final Map<String, Long> unreadableUntil = new HashMap<>();

  /**
   * Jobs that this owner has closed and that the topic, which is read with a delay, still shows as
   * open.
   */
  private final Set<String> closing = new HashSet<>();

  private final Producer<byte[], byte[]> producer;
  private final Producer<byte[], byte[]> controls;
  private final Map<String, JobLog> logs;
  private long writtenAt;
  private long cleanedAt;

  /**
   * @param producers of the records of jobs, in transactions, and of what jobs send
   * @param pause waits for so long, or until the owner is to stop
   */
  JobOwnership(
      JobTopic topic,
      BulkResend resend,
      ReadConsumers consumers,
      OwnerProducers producers,
      OwnerSettings settings,
      JobRunner.Listener listener,
      Consumer<Duration> pause) {
    this.topic = topic;
    this.resend = resend;
    this.settings = settings;
    this.clock = settings.clock();
    this.listener = listener;
    this.pause = pause;
    this.producer = producers.transactional().get();
    this.controls = producers.plain().get();
    this.logs =
        Map.of(
            Topics.FLOW_EVENTS,
            log(consumers, Topics.FLOW_EVENTS, "doundo-jobs-audit"),
            Topics.DEAD_LETTER,
            log(consumers, Topics.DEAD_LETTER, "doundo-jobs-dead-letters"));
  }

  /** Who makes the producers of an owner. */
  record OwnerProducers(
      Supplier<Producer<byte[], byte[]>> transactional, Supplier<Producer<byte[], byte[]>> plain) {}

  /**
   * @param instance the name of this instance, for people
   * @param retention how long jobs are kept
   */
  record OwnerSettings(String instance, Duration retention, Clock clock) {}

  private static JobLog log(ReadConsumers consumers, String topic, String clientId) {
    return new JobLog(
        topic,
        consumers.open(
            clientId,
            Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                2_000,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                (int) LOOK.toMillis())));
  }

  private JobLog logOf(RunningJob job) {
    return Objects.requireNonNull(logs.get(job.definition().verb().log()));
  }

  /** Fences the owner before, and reads all that it has written. */
  void takeOver() {
    producer.initTransactions();
    producer.beginTransaction();
    Future<RecordMetadata> written =
        producer.send(record(JobTopic.OWNER, settings.instance().getBytes(StandardCharsets.UTF_8)));
    producer.commitTransaction();
    topic.awaitRead(offset(written));
    writtenAt = clock.millis();
  }

  private static long offset(Future<RecordMetadata> written) {
    try {
      return written.get(SEND_WAIT.toMillis(), TimeUnit.MILLISECONDS).offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("the record of the owner was not written", e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
    controls.close(Duration.ofSeconds(2));
    logs.values().forEach(JobLog::close);
  }

  void work() {
    long now = clock.millis();
    followJobs(now);
    long wait = LOOK.toMillis();
    for (RunningJob job : running.values()) {
      JobPlan plan = job.next(clock.millis());
      if (plan.isEnd()) {
        job.end(clock.millis());
      } else if (plan.send() > 0 && job.definition().verb().isResend()) {
        resend(job, plan.send());
      } else if (plan.send() > 0) {
        send(job, plan.send());
      }
      wait = Math.min(wait, Math.max(1, plan.waitMs()));
    }
    if (running.isEmpty()) {
      pause.accept(LOOK);
    } else {
      readAnswers(Duration.ofMillis(wait));
    }
    running.values().forEach(job -> job.closeIfOver(clock.millis()));
    if (clock.millis() - writtenAt >= WRITE_EVERY.toMillis()) {
      write();
      tell();
    }
    if (clock.millis() - cleanedAt >= CLEAN_EVERY.toMillis()) {
      cleanedAt = clock.millis();
      clean();
    }
  }

  private void followJobs(long now) {
    for (Job job : topic.known()) {
      String jobId = job.definition().jobId();
      RunningJob known = running.get(jobId);
      if (job.progress().isClosed()) {
        closing.remove(jobId);
      }
      if (known != null) {
        known.update(job, now);
      } else if (job.order() != null
          && !job.progress().isClosed()
          && !closing.contains(jobId)
          && topic.isReadable(jobId)
          && unreadableUntil.getOrDefault(jobId, 0L) <= now
          && hasRoomFor(job)) {
        load(job, now);
      }
    }
    for (RunningJob job : List.copyOf(running.values())) {
      if (job.isClosed() && !job.isChanged()) {
        forget(job);
      }
    }
  }

  /**
   * Makes room for a job: those that have ended are no longer followed then, the longest ended
   * first. A small job, and the only one, is always taken up.
   */
  private boolean hasRoomFor(Job job) {
    int matched = job.definition().matched();
    while (matched > SMALL && !running.isEmpty() && held() + matched > MOST_HELD) {
      RunningJob ended =
          running.values().stream()
              .filter(one -> one.job().state().isEnd())
              .min(Comparator.comparingLong(one -> one.progress().endedAt()))
              .orElse(null);
      if (ended == null) {
        return false;
      }
      ended.close();
      write();
      forget(ended);
    }
    return true;
  }

  private void forget(RunningJob closed) {
    running.remove(closed.definition().jobId());
    closing.add(closed.definition().jobId());
  }

  private int held() {
    return running.values().stream().mapToInt(one -> one.items().size()).sum();
  }

  private void load(Job job, long now) {
    JobDefinition definition = job.definition();
    try {
      List<Chunk> chunks = new ArrayList<>();
      for (int i = 0; i < definition.chunks().size(); i++) {
        chunks.add(topic.chunk(definition.jobId(), i));
      }
      JobItems items = new JobItems(chunks);
      for (int i = 0; i < chunks.size(); i++) {
        items.restore(i, topic.results(definition.jobId(), i, chunks.get(i).size()));
      }
      JobLog log = Objects.requireNonNull(logs.get(definition.verb().log()));
      RunningJob loaded = new RunningJob(job, items, log.ends(), now);
      log.listenFrom(loaded.offsets(), jobsOf(log).isEmpty());
      running.put(definition.jobId(), loaded);
      // Where the answers begin is known before the first request is sent.
      write();
    } catch (ReadsUnavailableException | IllegalStateException | IllegalArgumentException e) {
      LOG.warn("The job {} cannot be read; trying again", definition.jobId(), e);
      unreadableUntil.put(definition.jobId(), now + RETRY.toMillis());
    }
  }

  private List<RunningJob> jobsOf(JobLog log) {
    return running.values().stream().filter(job -> logOf(job) == log).toList();
  }

  /** Sends dead letters again, some at a time so that few values are held together. */
  private void resend(RunningJob job, int count) {
    String by = Objects.requireNonNull(job.job().order()).startedBy();
    String reason = job.definition().reason();
    for (int left = count; left > 0; left -= RESEND_AT_ONCE) {
      List<Integer> items = job.nextItems(Math.min(left, RESEND_AT_ONCE));
      List<String> ids = items.stream().map(job.items()::flowId).toList();
      Map<String, Prepared> refused = new HashMap<>();
      Map<String, Future<RecordMetadata>> written = new HashMap<>();
      try {
        resend.prepare(
            ids,
            by,
            reason,
            (id, prepared) -> {
              ProducerRecord<byte[], byte[]> record = prepared.record();
              if (record == null) {
                refused.put(id, prepared);
              } else {
                written.put(id, controls.send(record));
              }
            });
        for (int i = 0; i < items.size(); i++) {
          Prepared refusal = refused.get(ids.get(i));
          String why =
              refusal == null
                  ? acknowledged(Objects.requireNonNull(written.get(ids.get(i))))
                  : refusal.refusal();
          job.resent(items.get(i), why);
          listener.onAnswer(why == null ? ItemResult.RESENT : ItemResult.REFUSED);
          job.sent(1, clock.millis());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaException(e);
      } catch (KafkaException
          | ReadsUnavailableException
          | ExecutionException
          | TimeoutException e) {
        // Those that were written all the same are sent again, as one record that is read twice.
        LOG.warn(
            "Dead letters of the job {} were not sent; trying again", job.definition().jobId(), e);
        job.failed("Dead letters cannot be sent right now (%s); trying again.".formatted(e));
        pause.accept(RETRY);
        return;
      }
      // What a takeover would send once more is one batch at most.
      write();
    }
  }

  /** Why the record cannot be written at all; null when it was. */
  private static @Nullable String acknowledged(Future<RecordMetadata> written)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      written.get(SEND_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RecordTooLargeException) {
        return "it is larger than Kafka accepts";
      }
      throw e;
    }
  }

  private void send(RunningJob job, int count) {
    List<Future<RecordMetadata>> written = new ArrayList<>(count);
    int acknowledged = 0;
    try {
      for (ControlCommand request : job.requests(count)) {
        byte[] key = request.flowId().getBytes(StandardCharsets.UTF_8);
        written.add(controls.send(new ProducerRecord<>(Topics.CONTROL, key, request.encode())));
      }
      for (Future<RecordMetadata> one : written) {
        one.get(SEND_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        acknowledged++;
      }
      job.sent(acknowledged, clock.millis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    } catch (KafkaException | ExecutionException | TimeoutException e) {
      // Those that were written all the same are sent again, which changes nothing.
      LOG.warn(
          "Requests of the job {} were not written; trying again", job.definition().jobId(), e);
      if (acknowledged > 0) {
        job.sent(acknowledged, clock.millis());
      }
      if (e.getCause() instanceof RecordTooLargeException) {
        job.giveUp(
            "The request is larger than Kafka accepts; nothing more is sent.", clock.millis());
        return;
      }
      job.failed("Kafka does not take the requests right now (%s); trying again.".formatted(e));
      pause.accept(RETRY);
    }
  }

  /** Waits for answers in the log of the first job, and looks into the other one. */
  private void readAnswers(Duration wait) {
    Duration left = wait;
    for (JobLog log : logs.values()) {
      List<RunningJob> followers = jobsOf(log);
      if (!followers.isEmpty()) {
        Map<Integer, Long> positions =
            log.poll(
                left,
                record -> {
                  if (log.isOfDeadLetters()) {
                    takeDeadLetter(followers, record);
                  } else {
                    take(followers, record);
                  }
                });
        followers.forEach(job -> job.readUpTo(positions));
        left = Duration.ZERO;
      }
    }
  }

  /** A dead letter that says it was sent again from one of a job's. */
  private static void takeDeadLetter(
      List<RunningJob> followers, ConsumerRecord<byte[], byte[]> record) {
    Header from = record.headers().lastHeader(RecordHeaders.DEAD_LETTER_RESENT_FROM);
    if (from == null || from.value() == null) {
      return;
    }
    for (RunningJob job : followers) {
      int item = job.items().find(from.value());
      if (item >= 0 && !job.hasRead(record.partition(), record.offset())) {
        job.deadLetteredAgain(item);
      }
    }
  }

  private void take(List<RunningJob> followers, ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.value() == null) {
      return;
    }
    AuditRecord decoded = null;
    for (RunningJob job : followers) {
      int item = job.items().find(record.key());
      if (item < 0 || job.hasRead(record.partition(), record.offset())) {
        continue;
      }
      try {
        decoded = decoded == null ? AuditRecord.decode(record.value()) : decoded;
        ItemResult answer = job.take(item, decoded);
        if (answer != null) {
          listener.onAnswer(answer);
        }
      } catch (MalformedRecordException | IllegalArgumentException e) {
        // A newer release may know further statuses.
        LOG.warn(
            "The audit record at {}-{} offset {} cannot be read, and the jobs ignore it: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            e.toString());
        return;
      }
    }
  }

  /** Writes what has changed, all of it or nothing. */
  void write() {
    writtenAt = clock.millis();
    List<RunningJob> changed =
        running.values().stream().filter(job -> job.isToBeWritten(writtenAt)).toList();
    if (changed.isEmpty()) {
      return;
    }
    producer.beginTransaction();
    for (RunningJob job : changed) {
      String jobId = job.definition().jobId();
      for (Map.Entry<Integer, ChunkResults> results : job.takeChanged(writtenAt).entrySet()) {
        send(JobTopic.resultsKey(jobId, results.getKey()), JobCodec.results(results.getValue()));
      }
      send(JobTopic.progressKey(jobId), JobCodec.progress(job.progress()));
    }
    // A failure ends this ownership, and the next one reads what is written.
    producer.commitTransaction();
  }

  private void tell() {
    Map<JobState, Integer> states = new HashMap<>();
    for (Job job : topic.known()) {
      states.merge(job.state(), 1, Integer::sum);
    }
    listener.onJobs(states);
  }

  /** Removes drafts that nobody started, old jobs, and marks of dead letters that are gone. */
  private void clean() {
    long now = clock.millis();
    List<String> over = new ArrayList<>(topic.abandonedKeys(now - DRAFT_LIFE.toMillis()));
    over.addAll(topic.endedKeys(now - settings.retention().toMillis()));
    over.addAll(topic.expiredMarks(Objects.requireNonNull(logs.get(Topics.DEAD_LETTER)).begins()));
    if (over.isEmpty()) {
      return;
    }
    producer.beginTransaction();
    over.forEach(key -> send(key, null));
    producer.commitTransaction();
  }

  private void send(String key, byte @Nullable [] value) {
    // A failure is reported by the commit.
    Future<RecordMetadata> unused = producer.send(record(key, value));
  }

  private static ProducerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
    return new ProducerRecord<>(Topics.JOBS, key.getBytes(StandardCharsets.UTF_8), value);
  }
}
