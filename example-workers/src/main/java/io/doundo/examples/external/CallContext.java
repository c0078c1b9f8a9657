package io.doundo.examples.external;

import io.doundo.worker.StepContext;

/**
 * On whose behalf something is done to the outside world.
 *
 * @param began when the worker turned to it, ms since the epoch
 */
public record CallContext(
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

  static CallContext forDo(StepContext step) {
    return of(DO, step);
  }

  static CallContext forUndo(StepContext step) {
    return of(UNDO, step);
  }

  private static CallContext of(String action, StepContext step) {
    return new CallContext(
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
