package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of an orchestration, compiled: every default is filled in.
 *
 * @param seq the number given at registration; orders steps where the graph does not
 * @param dependsOn names of the steps that must have succeeded first, direct ones only
 * @param timeout how long one attempt may stay unanswered before it is in doubt
 * @param undoable false for {@code undo: none}: the step has no UNDO and is left standing
 * @param undoFailed undo the step even when it failed without a known effect
 * @param pivot the point of no return: once it succeeded, nothing is undone any more
 * @param committed its DO is sent only after the decision to send it is committed
 * @param sharedTopic commands go to {@code orchestrator.event} instead of the step's own topics
 * @param bindings the handler fields of the document ({@code handlerClass}, {@code doMethod}, …),
 *     kept for the workers that read them
 * @param failStep what a plain worker's {@code FAIL_STEP} of its DO means; null for what the server
 *     is told
 */
public record Step(
    String name,
    int seq,
    List<String> dependsOn,
    Duration timeout,
    RetryPolicy retry,
    RetryPolicy undoRetry,
    boolean undoable,
    boolean undoFailed,
    boolean pivot,
    boolean committed,
    OnTimeout onTimeout,
    boolean sharedTopic,
    @Nullable String objectType,
    Map<String, String> bindings,
    @Nullable FailStep failStep) {

  /** A step that says nothing of {@code FAIL_STEP}. */
  public Step(
      String name,
      int seq,
      List<String> dependsOn,
      Duration timeout,
      RetryPolicy retry,
      RetryPolicy undoRetry,
      boolean undoable,
      boolean undoFailed,
      boolean pivot,
      boolean committed,
      OnTimeout onTimeout,
      boolean sharedTopic,
      @Nullable String objectType,
      Map<String, String> bindings) {
    this(
        name,
        seq,
        dependsOn,
        timeout,
        retry,
        undoRetry,
        undoable,
        undoFailed,
        pivot,
        committed,
        onTimeout,
        sharedTopic,
        objectType,
        bindings,
        null);
  }

  public Step {
    dependsOn = List.copyOf(dependsOn);
    bindings = Map.copyOf(bindings);
  }
}
