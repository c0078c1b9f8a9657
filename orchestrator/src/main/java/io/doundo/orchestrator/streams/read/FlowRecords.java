package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.Optional;

/**
 * Reads the engine's own records from outside the engine, for read models that follow the changelog
 * of live flows ({@code StreamsEngine.flowsChangelog}) and the archive topic. Read both
 * read_committed. Safe for any thread.
 */
public final class FlowRecords {

  private FlowRecords() {}

  /**
   * The front of a live flow.
   *
   * @param value a value of the flows changelog, not null (null says that the flow was archived)
   * @return empty for records that are not a flow, but kept for one that has not started
   */
  public static Optional<FlowFront> liveFront(byte[] value) {
    return FlowValue.isFlow(value)
        ? Optional.of(FlowStateCodec.decodeFront(value))
        : Optional.empty();
  }

  /** A live flow, with the contents that stand in its record; see {@link #liveFront}. */
  public static Optional<StoredFlow> live(byte[] value) {
    return FlowValue.isFlow(value) ? Optional.of(FlowStateCodec.decode(value)) : Optional.empty();
  }

  /**
   * The front of an ended flow; see {@link #archived}.
   *
   * @return empty for the topic's other records
   */
  public static Optional<FlowFront> archivedFront(byte[] value) {
    return ArchiveCodec.isFlow(value)
        ? Optional.of(FlowStateCodec.decodeFront(ArchiveCodec.decodeFlow(value).flow()))
        : Optional.empty();
  }

  /**
   * Whether the record says that a flow has ended; costs nothing.
   *
   * @param value a value of the archive topic
   */
  public static boolean isEnd(byte[] value) {
    return ArchiveCodec.isFlow(value);
  }

  /**
   * An ended flow, with the contents that stand in its record.
   *
   * @param value a value of the archive topic
   * @return empty for the topic's other records
   */
  public static Optional<StoredFlow> archived(byte[] value) {
    return ArchiveCodec.isFlow(value) ? Optional.of(ArchiveCodec.flow(value)) : Optional.empty();
  }

  /** A whole flow as bytes, for another instance; {@link #live} reads it with all its contents. */
  public static byte[] whole(StoredFlow flow) {
    return FlowStateCodec.encode(flow.state(), flow.searchValue(), flow.contents());
  }
}
