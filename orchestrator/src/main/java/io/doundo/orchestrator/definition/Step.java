package io.doundo.orchestrator.definition;

import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of an orchestration, compiled: every default is filled in.
 *
 * @param seq the number given at registration; orders steps where the graph does not
 * @param dependsOn names of the steps that must have succeeded first, direct ones only
 * @param after names of further steps that must have passed first; their results are not passed on
 * @param guard the branch that the step is a part of; null for none
 * @param when the condition under which the step is taken, evaluated once, when its turn has come;
 *     null for always
 * @param data the step's input and the kept part of its answer
 * @param work what the step does
 * @param goesOn whether the flow goes on without the step when it fails
 * @param pivot the point of no return: once it succeeded, nothing is undone any more
 * @param breaker the name of the breaker that may hold back its commands; null for none
 */
public record Step(
    String name,
    int seq,
    List<String> dependsOn,
    List<String> after,
    @Nullable Guard guard,
    @Nullable String when,
    StepData data,
    Work work,
    AttemptRules attempts,
    UndoRule undoing,
    boolean goesOn,
    boolean pivot,
    @Nullable String breaker) {

  /** A step that is always taken, receives everything, and whose failure turns the flow back. */
  public Step(
      String name,
      int seq,
      List<String> dependsOn,
      Work work,
      AttemptRules attempts,
      UndoRule undoing,
      boolean pivot) {
    this(name, seq, dependsOn, null, StepData.ALL, work, attempts, undoing, false, pivot);
  }

  /** A step outside any branch. */
  public Step(
      String name,
      int seq,
      List<String> dependsOn,
      @Nullable String when,
      StepData data,
      Work work,
      AttemptRules attempts,
      UndoRule undoing,
      boolean goesOn,
      boolean pivot) {
    this(name, seq, dependsOn, List.of(), null, when, data, work, attempts, undoing, goesOn, pivot);
  }

  public Step {
    dependsOn = List.copyOf(dependsOn);
    after = List.copyOf(after);
  }

  /** A step without a breaker. */
  public Step(
      String name,
      int seq,
      List<String> dependsOn,
      List<String> after,
      @Nullable Guard guard,
      @Nullable String when,
      StepData data,
      Work work,
      AttemptRules attempts,
      UndoRule undoing,
      boolean goesOn,
      boolean pivot) {
    this(
        name, seq, dependsOn, after, guard, when, data, work, attempts, undoing, goesOn, pivot,
        null);
  }

  /** The same step in a branch, or behind steps whose results it does not receive. */
  public Step within(List<String> waitsFor, @Nullable Guard branch) {
    return new Step(
        name, seq, dependsOn, waitsFor, branch, when, data, work, attempts, undoing, goesOn, pivot,
        breaker);
  }

  /**
   * The same step behind a breaker.
   *
   * @param behind the name of the breaker; null for none
   */
  public Step withBreaker(@Nullable String behind) {
    return new Step(
        name, seq, dependsOn, after, guard, when, data, work, attempts, undoing, goesOn, pivot,
        behind);
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
    return !(undoing instanceof UndoRule.None);
  }

  /** Whether the step is undone even when it failed without a known effect. */
  public boolean undoFailed() {
    return undoing instanceof UndoRule.Own own && own.evenIfFailed();
  }

  /** Whether a worker carries it out. */
  public boolean isOutside() {
    return work.reach() == Reach.OUTSIDE;
  }

  /**
   * The input of the step's UNDO, a JSON value with expressions in it; null for the known payload
   * and result.
   */
  public @Nullable String undoInput() {
    return undoing instanceof UndoRule.Own own ? own.input() : null;
  }

  /** Whether its DO is sent only after the decision to send it is committed. */
  public boolean isCommitted() {
    return (work instanceof Work.Remote remote && remote.committed())
        || (work instanceof Work.Http http && http.committed());
  }

  /** Whether the step has topics of its own, which registration creates. */
  public boolean hasTopics() {
    return work instanceof Work.Remote remote && !remote.sharedTopic();
  }

  /**
   * The topic of the step's commands.
   *
   * @throws IllegalStateException when the step is of a kind that sends none
   */
  public String topic(String orchestration, CommandAction action) {
    return work instanceof Work.Http
        ? Topics.HTTP
        : Topics.commandTopic(orchestration, name, action, remote().sharedTopic());
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
