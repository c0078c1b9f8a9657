package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.util.List;

/**
 * One step of an orchestration, compiled: every default is filled in.
 *
 * @param seq the number given at registration; orders steps where the graph does not
 * @param dependsOn names of the steps that must have succeeded first, direct ones only
 * @param work what the step does
 * @param pivot the point of no return: once it succeeded, nothing is undone any more
 */
public record Step(
    String name,
    int seq,
    List<String> dependsOn,
    Work work,
    AttemptRules attempts,
    UndoRule undoing,
    boolean pivot) {

  public Step {
    dependsOn = List.copyOf(dependsOn);
  }

  public Duration timeout() {
    return attempts.timeout();
  }

  public OnTimeout onTimeout() {
    return attempts.onTimeout();
  }

  public RetryPolicy retry() {
    return attempts.retry();
  }

  public RetryPolicy undoRetry() {
    return attempts.undoRetry();
  }

  /** False for {@code undo: none}: the step has no UNDO and is left standing. */
  public boolean undoable() {
    return undoing instanceof UndoRule.Own;
  }

  /** Whether the step is undone even when it failed without a known effect. */
  public boolean undoFailed() {
    return undoing instanceof UndoRule.Own own && own.evenIfFailed();
  }

  /**
   * The commands of the step's worker and how they are sent.
   *
   * @throws IllegalStateException when the step is of a kind that has no worker
   */
  public Work.Remote remote() {
    if (work instanceof Work.Remote remote) {
      return remote;
    }
    throw new IllegalStateException("step " + name + " is of a kind that has no worker");
  }
}
