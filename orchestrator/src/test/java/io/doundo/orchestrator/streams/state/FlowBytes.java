package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Flows as the engine writes them, for tests of their readers. */
public final class FlowBytes {

  private FlowBytes() {}

  /** A value of the flows changelog. */
  public static byte[] live(FlowState state) {
    return live(state, null);
  }

  /** A value of the flows changelog. */
  public static byte[] live(FlowState state, @Nullable String searchValue) {
    return FlowStateCodec.encode(state, searchValue, Map.of());
  }

  /** A value of the archive topic. */
  public static byte[] ended(FlowState state) {
    return ArchiveCodec.encodeFlow(state.times().endedAt(), live(state));
  }

  /** The beginning of an ended flow of an unknown schema. */
  public static byte[] unreadableEnd() {
    return ArchiveCodec.encodeFlow(1, unreadableLive());
  }

  /** The beginning of a live flow of an unknown schema. */
  public static byte[] unreadableLive() {
    return new byte[] {FlowValue.FLOW, Byte.MAX_VALUE, 1, 2, 3};
  }

  /** A value of the flows changelog that holds records of a flow that has not started. */
  public static byte[] held() {
    return new byte[] {FlowValue.HELD};
  }
}
