package io.doundo.orchestrator.api;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What a request tells the log of calls beside its address. The names of the attributes are read by
 * whoever writes that log.
 */
public final class CallAudit {

  /** The flow that a request is about, if its address does not say so. */
  public static final String FLOW_ID = CallAudit.class.getName() + ".flowId";

  /** Set when the answer shows a payload only because the request asked for it. */
  public static final String REVEALED = CallAudit.class.getName() + ".revealed";

  private CallAudit() {}

  public static void about(HttpServletRequest request, String flowId) {
    request.setAttribute(FLOW_ID, flowId);
  }
}
