package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the receivers what happens to flows, as one group over all instances: each partition of the
 * audit log has one owner, which stores a delivery for each receiver, sends it, and stores what
 * became of it. An offset is committed after the broker has acknowledged the deliveries of the
 * records before it, and nothing is sent before it is stored. So after a crash the next owner finds
 * every delivery, and may send once more what was sent but not stored as delivered. Its own thread
 * reads, until it is closed: after any failure it goes on with another consumer. The other methods
 * may be called from any thread.
 */
public final class Notifier implements AutoCloseable {

  /** The consumer group of all instances. */
  public static final String GROUP = "doundo-notify";

  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final int MOST_RECORDS = 1_000;

  /** Of a busy log, what comes within this time is fetched together. */
  private static final int FETCH_WAIT_MS = 100;

  private static final int FETCH_BYTES = 1024 * 1024;
  private static final Duration COUNT_AGAIN = Duration.ofSeconds(1);

  private final ReadConsumers consumers;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final ReceiverDirectory directory;
  private final Deliveries deliveries;
  private final DeliverySender sender;
  private final NotifierSettings settings;
  private final Clock clock;
  private final Listener listener;
  private final TailThread tail =
      new TailThread("doundo-notify", this::open, this::follow, "Receivers cannot be told");

  /** Both outlive a consumer. Used by the thread only. */
  private final DeliveryWork.Memory memory = DeliveryWork.Memory.empty();

  private final LoopFailure failure = new LoopFailure();

  private volatile Standing standing = new Standing(Map.of(), Map.of(), null);

  /**
   * How much is done at once.
   *
   * @param rules of retries
   * @param atOnce how many deliveries to one address are sent at the same time
   * @param mostPending how many deliveries to one address may wait on one instance
   * @param mostPendingBytes what the bodies of all that wait may take, on all instances together
   */
  public record NotifierSettings(
      RetryRules rules, int atOnce, int mostPending, long mostPendingBytes) {}

  /** Counts what happens. */
  public interface Listener {
    /** A delivery was stored for a receiver. */
    void onMade();

    /** An attempt has ended. */
    void onAttempt(SendResult.Kind kind, Duration took);

    /** Nobody is told of a record of the audit log, because it cannot be read. */
    void onPassedOver();

    /** A delivery was given up. */
    void onGivenUp();

    /**
     * The figures of the partitions of this instance.
     *
     * @param pending deliveries that wait or are being sent
     * @param oldestMs how long ago the oldest of them happened; 0 when there is none
     * @param unread records of the audit log that were not read yet
     */
    void onFigures(long pending, long oldestMs, long unread);

    /**
     * How old what was read of the audit log last is, in ms, while there is more to read or nothing
     * is read; 0 otherwise.
     */
    void onBehind(long behindMs);

    /** Whether telling receivers fails on this instance: from a failure until none comes again. */
    void onFailing(boolean isFailing);
  }

  /**
   * How it stands on this instance.
   *
   * @param failing the addresses whose last attempt failed, and why
   * @param unusable the receivers whose expressions cannot be compiled, by name, and why
   * @param failure the last failure, until half a minute of work has passed without one; or null
   */
  public record Standing(
      Map<String, String> failing, Map<String, String> unusable, @Nullable String failure) {
    public Standing {
      failing = Map.copyOf(failing);
      unusable = Map.copyOf(unusable);
    }
  }

  /**
   * Makes a notifier.
   *
   * @param producers makes a producer that is not transactional
   * @param deliveries the same topic as it is read back; started before this
   */
  public Notifier(
      ReadConsumers consumers,
      Supplier<Producer<byte[], byte[]>> producers,
      ReceiverDirectory directory,
      Deliveries deliveries,
      DeliverySender sender,
      NotifierSettings settings,
      Clock clock,
      Listener listener) {
    this.consumers = consumers;
    this.producers = producers;
    this.directory = directory;
    this.deliveries = deliveries;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
  }

  /** Begins to read; the topics must exist. */
  public void start() {
    tail.start();
  }

  /** How it stands on this instance. */
  public Standing standing() {
    return standing;
  }

  /** Ends within a few seconds; deliveries that are being sent are sent again by the next owner. */
  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    // Where a partition begins is decided here, and never by chance.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
    return consumers.open(GROUP, config);
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    try (Producer<byte[], byte[]> producer = producers.get()) {
      OwnedPartitions owned = new OwnedPartitions(consumer, deliveries, clock);
      DeliveryWork work =
          new DeliveryWork(
              producer,
              deliveries.stored(),
              deliveries::readAgain,
              sender,
              settings,
              clock,
              listener,
              memory);
      KnownReceivers receivers = new KnownReceivers(directory);
      long countedAt = 0;
      consumer.subscribe(List.of(Topics.FLOW_EVENTS), owned);
      while (!tail.isStopped()) {
        receivers.lookAgain();
        if (System.nanoTime() - countedAt > COUNT_AGAIN.toNanos()) {
          countedAt = System.nanoTime();
          listener.onBehind(owned.behindMs());
          count(work, owned);
        }
        // Until the receivers are known, nothing is read: what is read counts as told.
        if (receivers.areKnown() && !work.mustWait()) {
          owned.release();
        } else {
          owned.hold();
        }
        ConsumerRecords<byte[], byte[]> records = owned.poll();
        // In the poll, partitions may have gone to another instance.
        work.keepOnly(owned.sources());
        work.restore(owned.restored());
        work.takeResults();
        boolean isTold = tell(records, work, owned, receivers);
        if (!owned.commit(isTold)) {
          work.keepOnly(owned.sources());
        }
        work.storeReplaced();
        work.carryOutRequests(owned.sources());
        work.sendDue();
        worked(work, owned, receivers);
      }
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      failed(e.toString());
      throw e;
    }
  }

  /** Before everything is known again, nothing would be counted. */
  private void count(DeliveryWork work, OwnedPartitions owned) {
    if (owned.isSettled()) {
      work.takeOverLate();
      work.giveUp();
      work.shareBodies();
      listener.onFigures(work.pending(), work.oldestMs(), owned.unread());
    } else if (owned.isStuck()) {
      failed(
          "for over a minute it has not joined the group %s, or not read what is stored"
              .formatted(GROUP));
    }
  }

  private void failed(String why) {
    failure.happened(why, clock.instant());
    standing = new Standing(standing.failing(), standing.unusable(), failure.message());
    listener.onFailing(true);
  }

  private static boolean tell(
      ConsumerRecords<byte[], byte[]> records,
      DeliveryWork work,
      OwnedPartitions owned,
      KnownReceivers receivers) {
    try {
      return work.tell(records, receivers);
    } catch (ReadsUnavailableException e) {
      LOG.debug("the receivers of a new version cannot be read yet", e);
      owned.again(records);
      return false;
    }
  }

  private void worked(DeliveryWork work, OwnedPartitions owned, KnownReceivers receivers) {
    if (owned.isSettled()) {
      failure.worked(clock.instant());
      standing = new Standing(work.failing(), receivers.unusable(), failure.message());
      listener.onFailing(failure.message() != null);
    }
  }
}
