package io.doundo.orchestrator.query;

import io.doundo.orchestrator.streams.FlowHead;
import io.doundo.orchestrator.streams.FlowRecords;
import io.doundo.orchestrator.streams.StoredFlow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A flow in the index, as the bytes that were read; decoded only when somebody asks, because most
 * states are replaced before anybody does. Immutable but for what it remembers of the decoding.
 */
final class IndexedFlow {

  private final byte[] bytes;
  private final boolean ended;
  private @Nullable FlowHead head;

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

  /** Null for a record that is kept for a flow that has not started. */
  @Nullable FlowHead head() {
    FlowHead known = head;
    if (known == null) {
      known = FlowRecords.liveHead(bytes).orElse(null);
      head = known;
    }
    return known;
  }

  /** The whole state, with the small contents only. */
  Optional<StoredFlow> flow() {
    return ended ? FlowRecords.archived(bytes) : FlowRecords.live(bytes);
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
