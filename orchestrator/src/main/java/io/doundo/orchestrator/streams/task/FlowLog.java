package io.doundo.orchestrator.streams.task;

import org.slf4j.MDC;

/**
 * Log lines about one flow: its id is in their context, so that structured logs can be searched.
 */
final class FlowLog {

  private static final String FLOW_ID = "flowId";

  private FlowLog() {}

  /** Writes lines about this flow. */
  static void about(String flowId, Runnable lines) {
    MDC.put(FLOW_ID, flowId);
    try {
      lines.run();
    } finally {
      MDC.remove(FLOW_ID);
    }
  }
}
