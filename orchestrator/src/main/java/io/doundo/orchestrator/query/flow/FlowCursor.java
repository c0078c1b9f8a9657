package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.query.index.FlowRow;
import java.util.Base64;
import java.util.Optional;

/**
 * The place of a flow in a list. A page that begins after it stays the same whatever is started
 * meanwhile, on whichever instance.
 *
 * @param rank see {@link FlowOrder}
 */
public record FlowCursor(FlowOrder order, long rank, String flowId) {

  static FlowCursor of(FlowOrder order, FlowRow row) {
    return new FlowCursor(order, order.rank(row), row.flowId());
  }

  /** The form in a URL. The usual order is not named: it was the only one. */
  public String encode() {
    String text =
        order == FlowOrder.NEWEST_START_FIRST
            ? -rank + ":" + flowId
            : order.parameter() + '@' + rank + ':' + flowId;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  /** Empty when the text did not come from {@link #encode}. */
  public static Optional<FlowCursor> decode(String text) {
    try {
      String decoded = new String(Base64.getUrlDecoder().decode(text), UTF_8);
      int colon = decoded.indexOf(':');
      if (colon < 0) {
        return Optional.empty();
      }
      String place = decoded.substring(0, colon);
      String flowId = decoded.substring(colon + 1);
      int at = place.indexOf('@');
      if (at < 0) {
        long startedAt = Long.parseLong(place);
        return Optional.of(new FlowCursor(FlowOrder.NEWEST_START_FIRST, -startedAt, flowId));
      }
      long rank = Long.parseLong(place.substring(at + 1));
      return FlowOrder.of(place.substring(0, at)).map(order -> new FlowCursor(order, rank, flowId));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
