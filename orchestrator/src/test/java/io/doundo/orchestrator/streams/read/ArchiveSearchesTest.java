package io.doundo.orchestrator.streams.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.time.Duration;
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
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order ended flows are searched, and what becomes of the searches when one fails. */
class ArchiveSearchesTest {

  private static final int PARTITIONS = 4;
  private static final long PATIENCE_S = 60;
  private static final String DIGEST = "0".repeat(64);

  private final BlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
  private final Semaphore mayGoOn = new Semaphore(0);
  private final Queue<Runnable> failures = new ConcurrentLinkedQueue<>();
  private final ArchiveReader reader = new ArchiveReader(PARTITIONS, WatchedTopic::new);

  /** An empty archive; each look at a partition is noted, and held up until it may go on. */
  private final class WatchedTopic extends MockConsumer<byte[], byte[]> {

    WatchedTopic() {
      super("earliest");
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
      return Map.of();
    }
  }

  @AfterEach
  void close() {
    reader.close();
  }

  /** A flow that ended so long ago that a look at the empty archive settles its search. */
  private static FlowStub stub() {
    long longAgo = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
    return new FlowStub(FlowStatus.COMPLETED, DIGEST, DIGEST, 3, longAgo, 0, longAgo);
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
        .hasMessageContaining("on purpose");
    assertThatThrownBy(() -> second.get(PATIENCE_S, TimeUnit.SECONDS))
        .hasMessageContaining("on purpose");
    assertThat(third.get(PATIENCE_S, TimeUnit.SECONDS)).isEmpty();
  }
}
