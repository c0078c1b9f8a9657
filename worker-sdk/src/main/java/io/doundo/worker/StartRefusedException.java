package io.doundo.worker;

/**
 * The orchestrator did not begin a flow: its flowId is in use by a flow that was started with other
 * content, its orchestration was not registered in time, or the start event was too large.
 */
public final class StartRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String flowId;
  private final String reason;

  public StartRefusedException(String flowId, String reason) {
    super("flow " + flowId + " was not started: " + reason);
    this.flowId = flowId;
    this.reason = reason;
  }

  public String flowId() {
    return flowId;
  }

  /** For a person, in the orchestrator's words. */
  public String reason() {
    return reason;
  }
}
