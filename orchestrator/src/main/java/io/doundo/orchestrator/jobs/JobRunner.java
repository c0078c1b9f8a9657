package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.resend.BulkResend;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs on the one instance that owns the partition of their topic. Each flow of a job is
 * asked by an ordinary control record, whose id makes a repeat harmless; the answers, and what
 * becomes of the flows, are read from the audit log. Dead letters are sent again to their topics
 * instead; what a takeover repeats is a few of them, each like a record that is read twice. What
 * the owner has done is written in transactions, by which a former owner that does not know it yet
 * is fenced; the next one goes on from there. Its own thread does everything.
 */
public final class JobRunner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
  private static final Duration IDLE = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Told what happens to jobs, for the metrics; called by the runner's thread. */
  public interface Listener {

    /** A flow has answered a job's request. */
    void onAnswer(ItemResult result);

    /**
     * How many jobs there are in each state, on the instance that runs them; empty when it no
     * longer does.
     */
    void onJobs(Map<JobState, Integer> states);
  }

  private final JobTopic topic;
  private final Supplier<BulkResend> resend;
  private final ReadConsumers consumers;
  private final Supplier<Producer<byte[], byte[]>> transactional;
  private final Supplier<Producer<byte[], byte[]>> plain;
  private final String instance;
  private final Duration retention;
  private final Clock clock;
  private final Listener listener;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "doundo-jobs");
  private volatile @Nullable Consumer<byte[], byte[]> group;
  private volatile boolean closed;
  private volatile boolean crashing;
  private volatile boolean isOwner;

  // Touched by the runner's thread only.
  private boolean isAssigned;
  private @Nullable JobOwnership ownership;

  /**
   * @param resend asked for when this instance first runs the jobs: it reads what the engine has
   * @param transactional makes the producer of the owner; all instances use the same transactional
   *     id
   * @param plain makes the producer of the control records
   * @param instance the name of this instance, for people
   * @param retention how long jobs are kept
   */
  public JobRunner(
      JobTopic topic,
      Supplier<BulkResend> resend,
      ReadConsumers consumers,
      Supplier<Producer<byte[], byte[]>> transactional,
      Supplier<Producer<byte[], byte[]>> plain,
      String instance,
      Duration retention,
      Clock clock,
      Listener listener) {
    this.topic = topic;
    this.resend = resend;
    this.consumers = consumers;
    this.transactional = transactional;
    this.plain = plain;
    this.instance = instance;
    this.retention = retention;
    this.clock = clock;
    this.listener = listener;
    this.thread.setDaemon(true);
  }

  /** Begins to run jobs when it is this instance's turn; the topics must exist. */
  public void start() {
    thread.start();
  }

  /** Whether this instance runs the jobs. */
  public boolean isOwner() {
    return isOwner;
  }

  @Override
  public void close() {
    closed = true;
    stopped.countDown();
    Consumer<byte[], byte[]> consumer = group;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves the group and forgets what was not written yet, as if its process died; for tests. */
  void crash() {
    crashing = true;
    Consumer<byte[], byte[]> consumer = group;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private void run() {
    while (!closed) {
      try (Consumer<byte[], byte[]> consumer = openGroup()) {
        group = consumer;
        consumer.subscribe(List.of(Topics.JOBS), new Assignment(consumer));
        takePart(consumer);
      } catch (WakeupException e) {
        LOG.debug("woken up to stop");
      } catch (KafkaException | ReadsUnavailableException e) {
        LOG.warn("Running jobs failed; another instance may go on with them: {}", e.toString());
        drop();
        pause(RETRY);
      } catch (RuntimeException | Error e) {
        LOG.error("Running jobs failed; trying again", e);
        drop();
        pause(RETRY);
      } finally {
        isAssigned = false;
        drop();
      }
      if (crashing) {
        // Another instance comes first.
        pause(RETRY);
        crashing = false;
      }
    }
  }

  private void takePart(Consumer<byte[], byte[]> consumer) {
    while (!closed && !crashing) {
      JobOwnership owned = ownership;
      consumer.poll(owned == null ? IDLE : Duration.ZERO);
      if (isAssigned && ownership == null) {
        ownership =
            new JobOwnership(
                topic,
                resend.get(),
                consumers,
                new JobOwnership.OwnerProducers(transactional, plain),
                new JobOwnership.OwnerSettings(instance, retention, clock),
                listener,
                this::pause);
        ownership.takeOver();
        isOwner = true;
        LOG.info("This instance runs the jobs now");
      } else if (!isAssigned && owned != null) {
        LOG.info("Another instance runs the jobs now");
        drop();
      } else if (owned != null) {
        owned.work();
      }
    }
    JobOwnership owned = ownership;
    if (owned != null && !crashing) {
      owned.write();
    }
  }

  private Consumer<byte[], byte[]> openGroup() {
    return consumers.open(
        "doundo-jobs",
        Map.of(
            ConsumerConfig.GROUP_ID_CONFIG,
            "doundo-jobs",
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            10_000,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            1_000));
  }

  private void drop() {
    isOwner = false;
    JobOwnership owned = ownership;
    ownership = null;
    if (owned != null) {
      listener.onJobs(Map.of());
      owned.close();
    }
  }

  private void pause(Duration time) {
    try {
      if (stopped.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("stopped while waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  /** The group only decides who the owner is: its consumer reads nothing. */
  private final class Assignment implements ConsumerRebalanceListener {

    private final Consumer<byte[], byte[]> consumer;

    Assignment(Consumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        consumer.pause(partitions);
        isAssigned = true;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        JobOwnership owned = ownership;
        if (owned != null && !crashing) {
          // The next owner goes on from what is written now.
          owned.write();
        }
        isAssigned = false;
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      isAssigned = false;
    }
  }
}
