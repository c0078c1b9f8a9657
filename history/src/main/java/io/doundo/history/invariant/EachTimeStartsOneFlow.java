package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * I18: a time of a schedule starts at most one flow. The time is in the flowId, and the initiator
 * names the schedule, so two lives of one flowId with such an initiator are two starts of one time.
 */
final class EachTimeStartsOneFlow implements Invariant {

  /** Begins the initiator of a schedule's runs. */
  private static final String SCHEDULE = "schedule/";

  @Override
  public String name() {
    return "I18";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    Map<String, FlowHistory> runs = new HashMap<>();
    for (FlowHistory flow : flows) {
      if (isRun(flow)) {
        FlowHistory earlier = runs.putIfAbsent(flow.flowId(), flow);
        if (earlier != null) {
          findings.add(
              this,
              flow,
              "its time has started a flow before, of the incarnation " + earlier.incarnation());
        }
      }
    }
  }

  private static boolean isRun(FlowHistory flow) {
    String initiator = initiator(flow);
    return flow.partOf() == null && initiator != null && initiator.startsWith(SCHEDULE);
  }

  private static @Nullable String initiator(FlowHistory flow) {
    return !flow.transitions().isEmpty()
            && flow.transitions().get(0).input() instanceof FlowStarted started
        ? started.initiator()
        : null;
  }
}
