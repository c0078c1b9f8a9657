package io.doundo.launcher.demo;

import java.util.List;

/**
 * The required result of a scenario in the flow, in its audit log, in the workers' ledger and in
 * their store.
 *
 * @param status of the flow
 * @param steps all steps of the orchestration, in its order
 * @param order what must have ended before what begins
 * @param together whether all steps must have been asked before the first one answered
 */
record ExpectedFlow(
    String status, List<ExpectedStep> steps, List<ExpectedOrder> order, boolean together) {

  ExpectedFlow {
    steps = List.copyOf(steps);
    order = List.copyOf(order);
  }

  /**
   * The required result of one step.
   *
   * @param attempts how often its DO must have been sent; 0 for any number
   * @param effects how often it must have changed the outside world
   * @param undos how often that must have been undone
   */
  record ExpectedStep(String step, int attempts, int effects, int undos) {

    int standing() {
      return effects - undos;
    }

    /** Done at the first attempt. */
    static ExpectedStep done(String step) {
      return new ExpectedStep(step, 1, 1, 0);
    }

    static ExpectedStep doneAndUndone(String step) {
      return new ExpectedStep(step, 1, 1, 1);
    }
  }

  /** One command that must not be sent before another one has succeeded. */
  record ExpectedOrder(String operation, String first, String then) {

    static ExpectedOrder doing(String first, String then) {
      return new ExpectedOrder("DO", first, then);
    }

    static ExpectedOrder undoing(String first, String then) {
      return new ExpectedOrder("UNDO", first, then);
    }
  }
}
