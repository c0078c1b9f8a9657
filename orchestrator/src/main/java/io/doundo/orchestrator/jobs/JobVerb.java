package io.doundo.orchestrator.jobs;

import io.doundo.protocol.ControlAction;
import io.doundo.protocol.Topics;
import org.jspecify.annotations.Nullable;

/** What a job asks of each of its flows; {@link #RESEND} sends dead letters again instead. */
public enum JobVerb {
  UNDO(ControlAction.UNDO),
  CANCEL(ControlAction.CANCEL),
  RETRY(ControlAction.RETRY),
  SKIP(ControlAction.SKIP),
  RESOLVE(ControlAction.RESOLVE),
  PAUSE(ControlAction.PAUSE),
  RESUME(ControlAction.RESUME),
  ABANDON(ControlAction.ABANDON),
  RESEND(null);

  private final @Nullable ControlAction action;

  JobVerb(@Nullable ControlAction action) {
    this.action = action;
  }

  /** The verb of this request to a flow. */
  public static JobVerb of(ControlAction action) {
    for (JobVerb verb : values()) {
      if (verb.action == action) {
        return verb;
      }
    }
    throw new IllegalArgumentException("a job cannot ask for " + action);
  }

  /** The request to a flow. */
  ControlAction action() {
    ControlAction request = action;
    if (request == null) {
      throw new IllegalStateException(this + " is no request to a flow");
    }
    return request;
  }

  boolean isResend() {
    return action == null;
  }

  /** The topic that tells what has become of the flows or dead letters. */
  String log() {
    return isResend() ? Topics.DEAD_LETTER : Topics.FLOW_EVENTS;
  }
}
