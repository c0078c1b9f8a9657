package io.doundo.orchestrator.api.live;

import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares the first page of a list of flows with the one of a second ago. It says only that
 * something changed, and how much: the page reads the rows that it shows.
 */
public final class ListFeed implements Feed {

  private final String topic;
  private final Supplier<FlowPage> list;
  private @Nullable FlowPage before;

  /**
   * What changed in a list.
   *
   * @param changed the flows that are still listed, with other content
   * @param newer how many are listed that were not
   * @param gone how many no longer match
   * @param complete false when flows may be missing from the list
   */
  public record Hint(String topic, List<String> changed, int newer, int gone, boolean complete) {}

  public ListFeed(String topic, Supplier<FlowPage> list) {
    this.topic = topic;
    this.list = list;
  }

  @Override
  public Optional<LiveMessage> next() {
    FlowPage earlier = before;
    FlowPage now = list.get();
    before = now;
    if (earlier == null) {
      return Optional.empty();
    }
    Map<String, FlowSummary> old = byId(earlier);
    Map<String, FlowSummary> shown = byId(now);
    List<String> changed = new ArrayList<>();
    int newer = 0;
    for (FlowSummary flow : now.flows()) {
      FlowSummary known = old.get(flow.flowId());
      if (known == null) {
        newer += isBeyond(flow, earlier) ? 0 : 1;
      } else if (!known.equals(flow)) {
        changed.add(flow.flowId());
      }
    }
    int gone = 0;
    for (FlowSummary flow : earlier.flows()) {
      gone += shown.containsKey(flow.flowId()) || isBeyond(flow, now) ? 0 : 1;
    }
    // In another order than by start, flows come and go that are counted as neither.
    boolean isSame = changed.isEmpty() && old.keySet().equals(shown.keySet());
    if (isSame && earlier.complete() == now.complete()) {
      return Optional.empty();
    }
    return Optional.of(
        new LiveMessage(
            "flows", null, topic, new Hint(topic, changed, newer, gone, now.complete())));
  }

  private static Map<String, FlowSummary> byId(FlowPage page) {
    Map<String, FlowSummary> flows = new LinkedHashMap<>();
    page.flows().forEach(flow -> flows.put(flow.flowId(), flow));
    return flows;
  }

  /** Whether a flow may be missing from a page only because younger ones fill it. */
  private static boolean isBeyond(FlowSummary flow, FlowPage page) {
    if (page.nextCursor() == null) {
      return false;
    }
    Instant oldest = page.flows().get(page.flows().size() - 1).startedAt();
    return !flow.startedAt().isAfter(oldest);
  }
}
