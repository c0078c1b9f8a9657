package io.doundo.examples.world;

import io.doundo.worker.StepContext;

/**
 * On whose behalf something is done to the outside world.
 *
 * @param began when the worker turned to it, ms since the epoch
 */
public record Errand(
    String orchestration,
    String step,
    String flowId,
    String action,
    int generation,
    int attempt,
    String idempotencyKey,
    long began) {

  public static final String DO = "DO";
  public static final String UNDO = "UNDO";

  static Errand toDo(StepContext step) {
    return of(DO, step);
  }

  static Errand toUndo(StepContext step) {
    return of(UNDO, step);
  }

  private static Errand of(String action, StepContext step) {
    return new Errand(
        step.orchestration(),
        step.step(),
        step.flowId(),
        action,
        step.generation(),
        step.attempt(),
        step.idempotencyKey(),
        System.currentTimeMillis());
  }
}
