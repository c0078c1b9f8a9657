package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.ExecutionController.StartAccepted;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.v1.Execution.ExecutedStep;
import io.doundo.orchestrator.api.v1.Execution.LogLine;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.flow.FlowCriteria;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.flow.FlowView;
import io.doundo.orchestrator.query.flow.FlowView.FlowStepView;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.query.timeline.AuditOffException;
import io.doundo.orchestrator.query.timeline.FlowTimeline;
import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.timeline.TimelineEntry;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Flows in the framework's shape. Thread-safe. */
@Component
final class Executions {

  private static final Logger LOG = LoggerFactory.getLogger(Executions.class);

  private final Flows flows;
  private final FlowTimeline timeline;
  private final Workflows workflows;

  Executions(Flows flows, FlowTimeline timeline, Workflows workflows) {
    this.flows = flows;
    this.timeline = timeline;
    this.workflows = workflows;
  }

  /** The id and the name that the framework has for a step. */
  private record Named(String id, String name) {}

  /** An execution with the logs of its steps. */
  Optional<Execution> find(String executionId) {
    return flows.find(executionId).map(flow -> execution(flow, log(executionId)));
  }

  /**
   * An execution whose start Kafka has, without logs. While it cannot be read yet, it is shown as
   * PENDING: the caller learns its id in any case, and never an error that looks as if nothing had
   * been started.
   *
   * @param input its payload
   */
  Execution begun(StartAccepted start, RawJson input) {
    return begun(
        start, input, id -> flows.find(id).map(flow -> execution(flow, List.of())), Instant.now());
  }

  static Execution begun(
      StartAccepted start,
      RawJson input,
      Function<String, Optional<Execution>> read,
      Instant acceptedAt) {
    Optional<Execution> found = Optional.empty();
    try {
      found = read.apply(start.flowId());
    } catch (ReadsUnavailableException e) {
      LOG.debug("Execution {} is started and cannot be read yet", start.flowId(), e);
    } catch (RuntimeException e) {
      LOG.warn("Execution {} is started, but reading it failed", start.flowId(), e);
    }
    return found.orElseGet(
        () ->
            new Execution(
                start.flowId(),
                start.orchestrationName(),
                null,
                FrameworkStatus.PENDING,
                input,
                null,
                null,
                acceptedAt,
                null,
                null,
                List.of()));
  }

  Execution require(String executionId) {
    return find(executionId).orElseThrow(() -> unknown(executionId));
  }

  static ApiProblem unknown(String executionId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_FLOW, "There is no execution \"%s\".".formatted(executionId));
  }

  /**
   * A page of executions, without logs.
   *
   * @param workflowId null for all
   * @param status null for any
   */
  FrameworkPage<Execution> list(
      @Nullable String workflowId,
      @Nullable FrameworkStatus status,
      TimeRange started,
      FlowOrder order,
      FrameworkPage.Asked asked) {
    Set<FlowStatus> ours = status == null ? Set.of() : status.ours();
    FlowPage page =
        search()
            .find(
                new FlowQuery(
                    criteria(workflowId, ours, status, started),
                    order,
                    asked.first() + asked.limit(),
                    null,
                    true,
                    Set.of(),
                    null));
    int from = Math.min(page.flows().size(), asked.first());
    List<Execution> found =
        page.flows().subList(from, page.flows().size()).stream()
            .flatMap(row -> flows.find(row.flowId()).stream())
            .map(flow -> execution(flow, List.of()))
            .toList();
    FlowPage.Total total = page.total();
    return FrameworkPage.of(found, total == null ? found.size() : total.count(), asked);
  }

  /** How many executions there are in these statuses of ours. */
  long count(String workflowId, Set<FlowStatus> statuses) {
    FlowPage.Total total = search().find(query(workflowId, statuses, 1)).total();
    return total == null ? 0 : total.count();
  }

  /** The newest flows in these statuses of ours. */
  List<FlowView> newest(String workflowId, Set<FlowStatus> statuses, int most) {
    return search().find(query(workflowId, statuses, most)).flows().stream()
        .flatMap(row -> flows.find(row.flowId()).stream())
        .toList();
  }

  private static FlowQuery query(String workflowId, Set<FlowStatus> statuses, int limit) {
    return new FlowQuery(
        criteria(workflowId, statuses, null, TimeRange.ANY),
        FlowOrder.NEWEST_START_FIRST,
        limit,
        null,
        true,
        Set.of(),
        null);
  }

  private static FlowCriteria criteria(
      @Nullable String workflowId,
      Set<FlowStatus> statuses,
      @Nullable FrameworkStatus status,
      TimeRange started) {
    StepStatus step = status == FrameworkStatus.RETRYING ? StepStatus.DO_FAIL : null;
    return FlowCriteria.of(workflowId, statuses, step, started);
  }

  private FlowSearch search() {
    return flows
        .search()
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.SEARCH_OFF,
                    "Listing executions needs doundo.search.enabled=true; single ones can still be"
                        + " read."));
  }

  private List<TimelineEntry> log(String executionId) {
    try {
      return timeline.of(executionId).map(Timeline::entries).orElse(List.of());
    } catch (AuditOffException e) {
      return List.of();
    }
  }

  private Execution execution(FlowView flow, List<TimelineEntry> log) {
    Map<String, Named> named = named(flow);
    List<ExecutedStep> steps =
        flow.steps().stream()
            .filter(step -> named.isEmpty() || named.containsKey(step.name()))
            .filter(step -> step.startedAt() != null)
            .map(
                step ->
                    step(
                        flow,
                        step,
                        named.getOrDefault(step.name(), new Named(step.name(), step.name())),
                        log))
            .toList();
    FrameworkStatus status = FrameworkStatus.of(flow);
    boolean isBad = status == FrameworkStatus.FAILED || status == FrameworkStatus.CANCELLED;
    return new Execution(
        flow.flowId(),
        flow.orchestrationName(),
        flow.version(),
        status,
        flow.payload(),
        flow.result(),
        steps.stream()
            .filter(step -> isOpen(step.status()))
            .map(ExecutedStep::stepId)
            .findFirst()
            .orElse(null),
        flow.startedAt(),
        flow.completedAt(),
        isBad ? flow.reason() : null,
        steps);
  }

  private static boolean isOpen(FrameworkStatus status) {
    return status == FrameworkStatus.RUNNING || status == FrameworkStatus.RETRYING;
  }

  private static ExecutedStep step(
      FlowView flow, FlowStepView step, Named named, List<TimelineEntry> log) {
    Instant begun = step.startedAt();
    return new ExecutedStep(
        flow.flowId() + '/' + named.id(),
        flow.flowId(),
        named.id(),
        named.name(),
        FrameworkStatus.of(step.status()),
        step.result(),
        begun == null ? flow.startedAt() : begun,
        step.endedAt(),
        step.durationMs(),
        Math.max(1, step.attempts()),
        step.errorMessage(),
        log.stream()
            .filter(entry -> step.name().equals(entry.step()))
            .map(Executions::line)
            .toList());
  }

  private static LogLine line(TimelineEntry entry) {
    boolean isError = entry.type().endsWith("_FAILED") || entry.type().endsWith("_EXHAUSTED");
    String about =
        entry.type()
            + (entry.operation() == null ? "" : " " + entry.operation())
            + (entry.attempt() == null ? "" : ", attempt " + entry.attempt());
    return new LogLine(
        entry.timestamp(),
        isError ? "error" : "info",
        entry.reason() == null ? about : about + ": " + entry.reason());
  }

  /** The framework's steps by the names of ours; none for an orchestration in our own form. */
  private Map<String, Named> named(FlowView flow) {
    Map<String, Named> named = new LinkedHashMap<>();
    String definition = flow.definition();
    int at = definition == null ? -1 : definition.indexOf('@');
    if (definition == null || at < 0) {
      return named;
    }
    workflows
        .origin(new DefinitionId(definition.substring(0, at), definition.substring(at + 1)))
        .ifPresent(
            workflow -> {
              for (JsonNode step : workflow.path("steps")) {
                String id = step.path("id").asString("");
                named.put(
                    FrameworkDialect.stepNameOf(id), new Named(id, step.path("name").asString(id)));
              }
            });
    return named;
  }
}
