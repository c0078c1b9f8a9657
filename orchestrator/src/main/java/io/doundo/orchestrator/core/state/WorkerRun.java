package io.doundo.orchestrator.core.state;

import io.doundo.protocol.CommandAction;

/**
 * Successive answers to a step's commands by one version of its worker.
 *
 * @param version of the worker, or {@link #OTHERS}
 * @param from when the first of these commands was sent, as far as it is known, ms since the epoch
 * @param to when the last of them was answered, ms since the epoch
 */
public record WorkerRun(String version, CommandAction action, long from, long to) {

  /** How many runs a step remembers; whatever ran later shares the last one. */
  public static final int MOST = 16;

  /** The version of a run that several versions share. */
  public static final String OTHERS = "(several)";

  /** Whether this version may have run the action within a time, both ends included. */
  public boolean mayBe(String version, CommandAction action, long earliest, long latest) {
    return action == this.action
        && (version.equals(this.version) || OTHERS.equals(this.version))
        && from <= latest
        && to >= earliest;
  }
}
