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

  /** A clock that was set back makes no run that ends before it began. */
  public WorkerRun {
    to = Math.max(from, to);
  }

  /** The same run, up to a later answer. */
  public WorkerRun until(long answeredAt) {
    return new WorkerRun(version, action, from, Math.max(to, answeredAt));
  }

  /** Whether several versions share it. */
  public boolean isShared() {
    return OTHERS.equals(version);
  }

  /** Whether this version ran the action within a time, both ends included. */
  public boolean isOf(String version, CommandAction action, long earliest, long latest) {
    return action == this.action && version.equals(this.version) && isWithin(earliest, latest);
  }

  /** Whether it took place within a time, both ends included, at least in part. */
  public boolean isWithin(long earliest, long latest) {
    return from <= latest && to >= earliest;
  }
}
