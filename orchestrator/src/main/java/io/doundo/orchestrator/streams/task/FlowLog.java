package io.doundo.orchestrator.streams.task;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Log lines about one flow: its id, its step and its trace, as far as they are known, are in their
 * context, so that structured logs can be searched. Workers call them the same.
 */
final class FlowLog {

  private static final String FLOW_ID = "flowId";
  private static final String STEP = "step";
  private static final String TRACE_ID = "traceId";

  private FlowLog() {}

  /** Writes lines about this flow. */
  static void about(String flowId, Runnable lines) {
    about(flowId, null, null, lines);
  }

  /**
   * Writes lines about this flow.
   *
   * @param traceId the incarnation of the flow, which is its trace; null when it is not known
   * @param step null for the whole flow
   */
  static void about(
      @Nullable String flowId, @Nullable String traceId, @Nullable String step, Runnable lines) {
    put(FLOW_ID, flowId);
    put(TRACE_ID, traceId);
    put(STEP, step);
    try {
      lines.run();
    } finally {
      MDC.remove(FLOW_ID);
      MDC.remove(TRACE_ID);
      MDC.remove(STEP);
    }
  }

  private static void put(String key, @Nullable String value) {
    if (value != null) {
      MDC.put(key, value);
    }
  }
}
