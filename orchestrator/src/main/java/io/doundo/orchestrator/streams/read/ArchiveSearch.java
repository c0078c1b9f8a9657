package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.ContentReferences;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * One request for an ended flow, and what is known of its record so far. It is made by its caller
 * and then used by the reader's thread only, but for its outcome.
 */
final class ArchiveSearch {

  /** A transaction is committed or aborted long before. */
  private static final long ON_ITS_WAY_MS = 120_000;

  /** The same by a clock that cannot be wrong, for what was written by one that was. */
  private static final long LEAST_SEARCH_NANOS = Duration.ofSeconds(15).toNanos();

  /**
   * A record that is older by every clock can no longer be in flight. Somebody who looks at a flow
   * does not wait as long as {@link #LEAST_SEARCH_NANOS}.
   */
  private static final long LONG_AGO_MS = Duration.ofHours(1).toMillis();

  final TopicPartition partition;
  final String flowId;
  final FlowStub stub;

  /** Whether a flow waits for it, not just a lookup. */
  final boolean recall;

  final long askedAt = System.nanoTime();
  final CompletableFuture<Optional<StoredFlow>> outcome = new CompletableFuture<>();
  private final Map<String, byte[]> contents = new HashMap<>();
  private final OpenEnds openEnds;

  /** The flow may have ended in one of these, and then its end is not committed yet. */
  private final Set<Object> unsettled;

  /** Where the partition ended once the flow's end was committed; -1 while that is not known. */
  private long writtenUntil = -1;

  /**
   * To be made after the stub was read.
   *
   * @param openEnds of the engine that wrote the stub
   */
  ArchiveSearch(
      TopicPartition partition, String flowId, FlowStub stub, boolean recall, OpenEnds openEnds) {
    this.partition = partition;
    this.flowId = flowId;
    this.stub = stub;
    this.recall = recall;
    this.openEnds = openEnds;
    this.unsettled = openEnds.now();
  }

  boolean isOpen() {
    return !outcome.isDone();
  }

  /** A flow that waits for it asks again later. */
  void cancel(String reason) {
    outcome.completeExceptionally(new CancellationException(reason));
  }

  /** Looks at one record of its flow; the contents of a flow precede it. */
  void look(byte[] value) {
    try {
      if (ArchiveCodec.isContent(value)) {
        ArchiveCodec.ArchivedContent content = ArchiveCodec.decodeContent(value);
        contents.put(content.digest(), content.bytes());
      } else if (ArchiveCodec.isFlow(value)) {
        byte[] flow = ArchiveCodec.decodeFlow(value).flow();
        if (stub.isOf(FlowStateCodec.decodeHead(flow))) {
          outcome.complete(Optional.of(complete(FlowStateCodec.decode(flow))));
        }
      }
    } catch (RuntimeException e) {
      outcome.completeExceptionally(e);
    }
  }

  private StoredFlow complete(StoredFlow flow) {
    Map<String, byte[]> all = new HashMap<>(flow.contents());
    for (String digest : ContentReferences.namedBy(flow.state()).keySet()) {
      byte[] bytes = all.containsKey(digest) ? all.get(digest) : contents.get(digest);
      if (bytes == null) {
        throw new UnreadableValueException(
            "content " + digest + " of the archived flow " + flowId + " is missing");
      }
      all.put(digest, bytes);
    }
    return new StoredFlow(flow.state(), flow.searchValue(), all);
  }

  /**
   * The archive has removed records, and the first one that is left is of this time. A flow that is
   * older than that, and than the retention, is gone.
   *
   * @param firstLeft ms since the epoch
   * @param now ms since the epoch
   */
  void expire(long firstLeft, Duration retention, long now) {
    if (!recall && isOver(stub, retention, now) && stub.archivedAt() < firstLeft) {
      outcome.complete(Optional.empty());
    }
  }

  /**
   * Whether the archive need not keep the flow any more.
   *
   * @param now ms since the epoch
   */
  static boolean isOver(FlowStub stub, Duration retention, long now) {
    return now - Math.max(stub.archivedAt(), stub.endedAt()) > retention.toMillis();
  }

  /**
   * A look at the archive has not found the record. It is gone if it must have been seen.
   *
   * @param passed whether everything was read that could have been written at its time
   * @param end everything committed before this offset was looked at
   * @param written where a partition ends, uncommitted records included
   */
  void notFound(boolean passed, long end, ToLongFunction<TopicPartition> written) {
    if (passed
        || hasArrived(stub, recall, System.currentTimeMillis(), System.nanoTime() - askedAt)
        || (!recall && isReadUntilItsEnd(end, written))) {
      outcome.complete(Optional.empty());
    }
  }

  private boolean isReadUntilItsEnd(long end, ToLongFunction<TopicPartition> written) {
    if (writtenUntil < 0) {
      if (openEnds.isAnyOpen(unsettled)) {
        return false;
      }
      writtenUntil = written.applyAsLong(partition);
    }
    return end >= writtenUntil;
  }

  /**
   * Whether an ended flow's record must have been committed, so that what is not found is gone.
   *
   * @param recall whether a flow waits for it; then a missing record does not count as gone at once
   * @param now ms since the epoch
   * @param searched how long it has been searched for, ns
   */
  static boolean hasArrived(FlowStub stub, boolean recall, long now, long searched) {
    // The later of the two: after an outage a flow may be archived under a time long past.
    if (!recall && now - Math.max(stub.archivedAt(), stub.endedAt()) > LONG_AGO_MS) {
      return true;
    }
    return now - stub.archivedAt() > ON_ITS_WAY_MS && searched > LEAST_SEARCH_NANOS;
  }
}
