package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.streams.state.FlowHead;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;

/**
 * The place of a flow in the order of lists: newest start first. A page that begins after it stays
 * the same whatever is started meanwhile.
 */
public record FlowCursor(long startedAt, String flowId) {

  static final Comparator<FlowHead> ORDER =
      Comparator.comparingLong(FlowHead::startedAt).reversed().thenComparing(FlowHead::flowId);

  static FlowCursor of(FlowHead head) {
    return new FlowCursor(head.startedAt(), head.flowId());
  }

  boolean isBefore(FlowHead head) {
    return head.startedAt() < startedAt
        || (head.startedAt() == startedAt && head.flowId().compareTo(flowId) > 0);
  }

  /** As it stands in a URL. */
  public String encode() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((startedAt + ":" + flowId).getBytes(StandardCharsets.UTF_8));
  }

  /** Empty when the text did not come from {@link #encode}. */
  public static Optional<FlowCursor> decode(String text) {
    try {
      String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(
              new FlowCursor(
                  Long.parseLong(decoded.substring(0, colon)), decoded.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
