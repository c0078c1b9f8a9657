package io.doundo.plans.facade;

import java.util.Set;

/** The id of a task: its flow and its step. */
record TaskId(String flowId, String step) {

  /** The step of a clash, which the author of the draft completes. */
  static final String RESOLVE = "resolve";

  /** The steps of an approval that are tasks. */
  static final Set<String> STEPS = Set.of("approval", "escalation", RESOLVE);

  /**
   * Reads an id as it is sent.
   *
   * @throws Problem when it can be no task's
   */
  static TaskId of(String text) {
    int dot = text.lastIndexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw notFound(text);
    }
    return new TaskId(text.substring(0, dot), text.substring(dot + 1));
  }

  static Problem notFound(String text) {
    return new Problem(Problem.Kind.TASK_NOT_FOUND, "there is no task " + text);
  }

  /** As it is sent. */
  @Override
  public String toString() {
    return flowId + '.' + step;
  }
}
