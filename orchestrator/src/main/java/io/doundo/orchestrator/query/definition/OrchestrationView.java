package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A version of an orchestration in full, every default filled in, with all versions of its name and
 * the services that declared to serve its steps.
 *
 * @param status whether it accepts starts
 * @param definition {@code name@hash}
 * @param requestedBy who requested this version over REST; null when it was written to Kafka by
 *     others
 * @param triggers what starts it besides its initiators, or signals its flows
 * @param versions newest first
 */
public record OrchestrationView(
    String name,
    int version,
    String hash,
    OrchestrationStatus status,
    String definition,
    GraphType type,
    @Nullable String title,
    @Nullable String category,
    List<String> labels,
    @Nullable String description,
    @Nullable String initiator,
    @Nullable Duration timeout,
    Duration undoWindow,
    @Nullable String searchKey,
    Instant registeredAt,
    @Nullable String requestedBy,
    List<OrchestrationStepView> steps,
    List<TriggerView> triggers,
    List<VersionView> versions,
    List<WorkerView> workers,
    List<String> unservedSteps) {

  /**
   * One step.
   *
   * @param kind {@code remote} for a worker's step
   * @param when the condition under which it is taken; null for always
   * @param after further steps that must have passed first; their results are not passed on
   * @param guard the branch that contains it; null outside branches
   * @param branches the conditions of the branches of a choice, in order, null for {@code else};
   *     null for other steps
   * @param undoable false when it has no UNDO
   * @param onFailure {@code undo}, or {@code continue} when the flow goes on without it
   * @param breaker the circuit breaker that it names; null for none
   * @param committed whether its DO waits until the decision to send it is committed
   * @param failStep what a plain worker's FAIL_STEP of its DO means; null for the server's default
   * @param doTopic the topic of its DO commands; null when it has no worker
   * @param undoTopic where its UNDO commands go; null when it has no UNDO
   * @param servedBy the services that declared to serve it
   * @param bodies the steps of its parts; null for steps without parts, none when another
   *     orchestration is what its parts run
   */
  public record OrchestrationStepView(
      int seq,
      String name,
      String kind,
      @Nullable String when,
      List<String> dependsOn,
      List<String> after,
      @Nullable Guard guard,
      @Nullable List<@Nullable String> branches,
      Duration timeout,
      OnTimeout onTimeout,
      RetryPolicy retry,
      RetryPolicy undoRetry,
      boolean undoable,
      boolean undoFailed,
      String onFailure,
      @Nullable String breaker,
      boolean pivot,
      boolean committed,
      boolean sharedTopic,
      @Nullable String objectType,
      Map<String, String> bindings,
      @Nullable FailStep failStep,
      @Nullable String doTopic,
      @Nullable String undoTopic,
      List<String> servedBy,
      @Nullable List<BodyView> bodies) {}

  /**
   * The steps of the parts of a step.
   *
   * @param branch the name of the branch; null for the only body
   */
  public record BodyView(
      @Nullable String branch, GraphType type, List<OrchestrationStepView> steps) {}

  /** All steps, those of parts at any depth as well. */
  public Stream<OrchestrationStepView> allSteps() {
    return all(steps);
  }

  private static Stream<OrchestrationStepView> all(List<OrchestrationStepView> steps) {
    return steps.stream()
        .flatMap(
            step ->
                Stream.concat(
                    Stream.of(step),
                    step.bodies() == null
                        ? Stream.of()
                        : step.bodies().stream().flatMap(body -> all(body.steps()))));
  }

  /**
   * One version.
   *
   * @param requestedBy who requested it over REST; null when it was written to Kafka by others
   */
  public record VersionView(
      int version, String hash, Instant registeredAt, @Nullable String requestedBy) {}

  /**
   * A service that declared to serve steps.
   *
   * @param lastSeen when it last said so
   */
  public record WorkerView(String service, List<String> steps, Instant lastSeen) {}
}
