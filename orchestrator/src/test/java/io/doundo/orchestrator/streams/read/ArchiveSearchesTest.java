package io.doundo.orchestrator.streams.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order ended flows are searched, and what becomes of the searches when one fails. */
class ArchiveSearchesTest {

  private static final int PARTITIONS = 4;
  private static final long PATIENCE_S = 60;
  private static final Duration RETENTION = Duration.ofMinutes(30);
  private static final String DIGEST = "0".repeat(64);

  private final BlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
  private final Semaphore mayGoOn = new Semaphore(0);
  private final Queue<Runnable> failures = new ConcurrentLinkedQueue<>();

  /** Up to where a partition can be read, and up to where it was written. */
  private final AtomicLong readable = new AtomicLong();

  private final AtomicLong written = new AtomicLong();

  /** The first record that is left of a partition, and its time; null when there is none. */
  private volatile @Nullable OffsetAndTimestamp firstLeft;

  private final ArchiveReader reader =
      new ArchiveReader(PARTITIONS, RETENTION, WatchedTopic::new, WrittenTopic::new);

  /**
   * An archive without records of the flows that are looked for; each look at a partition is noted,
   * and held up until it may go on.
   */
  private final class WatchedTopic extends MockConsumer<byte[], byte[]> {

    WatchedTopic() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions) {
      return Map.of(partitions.iterator().next(), readable.get());
    }

    @Override
    public synchronized Map<TopicPartition, Long> beginningOffsets(
        Collection<TopicPartition> partitions) {
      OffsetAndTimestamp first = firstLeft;
      return Map.of(partitions.iterator().next(), first == null ? 0 : first.offset());
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      looks.add(times.keySet().iterator().next().partition());
      try {
        mayGoOn.acquire();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
      Runnable failure = failures.poll();
      if (failure != null) {
        failure.run();
      }
      OffsetAndTimestamp first = firstLeft;
      return first == null ? Map.of() : Map.of(times.keySet().iterator().next(), first);
    }
  }

  /** The archive with what is not committed. */
  private final class WrittenTopic extends MockConsumer<byte[], byte[]> {

    WrittenTopic() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions) {
      return Map.of(partitions.iterator().next(), written.get());
    }
  }

  @AfterEach
  void close() {
    reader.close();
  }

  /** A flow that ended so long ago that a look at the empty archive settles its search. */
  private static FlowStub stub() {
    return endedBefore(Duration.ofHours(2));
  }

  private static FlowStub endedBefore(Duration age) {
    long at = System.currentTimeMillis() - age.toMillis();
    return new FlowStub(FlowStatus.COMPLETED, DIGEST, DIGEST, 3, at, 0, at);
  }

  private static String flowOf(int partition) {
    Partitions partitions = new Partitions(PARTITIONS);
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "flow-" + i)
        .filter(flowId -> partitions.of(flowId) == partition)
        .findFirst()
        .orElseThrow();
  }

  private CompletableFuture<Optional<StoredFlow>> find(int partition) {
    return reader.find(flowOf(partition), stub());
  }

  private int nextLook() throws InterruptedException {
    return Objects.requireNonNull(
        looks.poll(PATIENCE_S, TimeUnit.SECONDS), "no look at the archive");
  }

  @Test
  void aFlowThatWaitsIsLookedForBeforeThosePeopleLookAt() throws Exception {
    var first = find(0);
    assertThat(nextLook()).isZero();
    var second = find(1);
    var third = find(2);
    mayGoOn.release();
    assertThat(nextLook()).isEqualTo(1);
    var recall = reader.recall(flowOf(3), stub());
    mayGoOn.release();
    assertThat(nextLook()).as("the one that was asked for last").isEqualTo(3);
    mayGoOn.release(Integer.MAX_VALUE / 2);
    for (var found : List.of(first, second, third)) {
      assertThat(found.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
    }
    assertThat(recall).as("it is looked for longer").isNotDone();
  }

  @Test
  void whatIsMissingOnceItsEndIsCommittedIsGone() throws Exception {
    var search = reader.find(flowOf(0), endedBefore(Duration.ofSeconds(1)));
    assertThat(nextLook()).isZero();
    mayGoOn.release();
    assertThat(search.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatIsMissingWhileAnEndIsNotCommittedIsLookedForAgain() throws Exception {
    reader.ends("any", EndedFlow.stored("any", 1));
    var search = reader.find(flowOf(0), endedBefore(Duration.ofSeconds(1)));
    for (int look = 0; look < 3; look++) {
      assertThat(nextLook()).isZero();
      assertThat(search).isNotDone();
      mayGoOn.release();
    }
    assertThat(nextLook()).isZero();
    reader.settled();
    mayGoOn.release();
    assertThat(search.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatWasWrittenAndCannotBeReadYetIsWaitedFor() throws Exception {
    written.set(7);
    readable.set(5);
    var search = reader.find(flowOf(0), endedBefore(Duration.ofSeconds(1)));
    assertThat(nextLook()).isZero();
    mayGoOn.release();
    assertThat(nextLook()).isZero();
    // What is written later does not matter.
    written.set(100);
    mayGoOn.release();
    assertThat(nextLook()).isZero();
    assertThat(search).isNotDone();
    readable.set(7);
    mayGoOn.release(2);
    assertThat(search.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatExpiredBeforeTheFirstRecordThatIsLeftIsGoneWithoutReadingOn() throws Exception {
    // To read up to there would fail: the topic gives no records.
    readable.set(1_000_000);
    written.set(1_000_000);
    FlowStub stub = endedBefore(Duration.ofMinutes(40));
    firstLeft = new OffsetAndTimestamp(500, stub.archivedAt() + 60_000);
    var search = reader.find(flowOf(0), stub);
    assertThat(nextLook()).isZero();
    mayGoOn.release();
    assertThat(search.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatIsInMemoryIsShownForAsLongAsItIsKept() throws Exception {
    StoredFlow flow = EndedFlow.stored("any", 1);
    reader.ends("any", flow);
    long at = flow.state().times().endedAt();
    long now = System.currentTimeMillis();
    assertThat(reader.find("any", EndedFlow.stub(flow.state(), now)))
        .isCompletedWithValue(Optional.of(flow));

    var search = reader.find("any", EndedFlow.stub(flow.state(), at));
    assertThat(nextLook()).as("it is looked for in the archive").isBetween(0, PARTITIONS - 1);
    mayGoOn.release();
    assertThat(search.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void whatIsWithinTheRetentionIsReadFor() throws Exception {
    readable.set(500);
    written.set(501);
    FlowStub stub = endedBefore(Duration.ofMinutes(20));
    firstLeft = new OffsetAndTimestamp(500, stub.archivedAt() + 60_000);
    var search = reader.find(flowOf(0), stub);
    assertThat(nextLook()).isZero();
    mayGoOn.release();
    assertThat(nextLook()).as("another look").isZero();
    assertThat(search).isNotDone();
  }

  @Test
  void noFailureEndsTheReadingNorTheSearchesOfOthers() throws Exception {
    failures.add(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    failures.add(
        () -> {
          throw new NoClassDefFoundError("on purpose");
        });
    var first = find(0);
    assertThat(nextLook()).isZero();
    var second = find(1);
    var third = find(2);
    mayGoOn.release(3);
    assertThatThrownBy(() -> first.get(PATIENCE_S, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class)
        .hasStackTraceContaining("on purpose");
    assertThatThrownBy(() -> second.get(PATIENCE_S, TimeUnit.SECONDS))
        .hasStackTraceContaining("on purpose");
    assertThat(third.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }
}
