package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowHead;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A flow in the index, as the bytes that were read; decoded on demand, because most states are
 * replaced before they are read. Immutable but for what it remembers of the decoding.
 */
final class IndexedFlow {

  private static final Logger LOG = LoggerFactory.getLogger(IndexedFlow.class);

  private final byte[] bytes;
  private final boolean ended;
  private @Nullable FlowHead head;
  private boolean unreadable;

  private IndexedFlow(byte[] bytes, boolean ended, @Nullable FlowHead head) {
    this.bytes = bytes;
    this.ended = ended;
    this.head = head;
  }

  /** From a value of the changelog. */
  static IndexedFlow live(byte[] value) {
    return new IndexedFlow(value, false, null);
  }

  /** From a value of the archive topic; empty when it is not a flow. */
  static Optional<IndexedFlow> ended(byte[] value) {
    return FlowRecords.archivedHead(value).map(head -> new IndexedFlow(value, true, head));
  }

  /**
   * Null for a record that is kept for a flow that has not started, and for one that cannot be
   * read: it is not shown.
   */
  @Nullable FlowHead head() {
    FlowHead known = head;
    if (known == null && !unreadable) {
      try {
        known = FlowRecords.liveHead(bytes).orElse(null);
      } catch (RuntimeException e) {
        unreadable = true;
        LOG.warn("a live flow cannot be read and is missing from the lists: {}", e.toString());
      }
      head = known;
    }
    return known;
  }

  /** The whole state, with the small contents only; empty when it cannot be read. */
  Optional<StoredFlow> flow() {
    try {
      return ended ? FlowRecords.archived(bytes) : FlowRecords.live(bytes);
    } catch (RuntimeException e) {
      LOG.warn("a flow cannot be read: {}", e.toString());
      return Optional.empty();
    }
  }

  /** Whether it shows a later moment than another state under the same flowId. */
  boolean isNewerThan(IndexedFlow other) {
    FlowHead mine = head();
    FlowHead theirs = other.head();
    if (mine == null || theirs == null) {
      return mine != null;
    }
    return mine.incarnation().equals(theirs.incarnation())
        ? mine.transitions() > theirs.transitions()
        : mine.startedAt() > theirs.startedAt();
  }
}
