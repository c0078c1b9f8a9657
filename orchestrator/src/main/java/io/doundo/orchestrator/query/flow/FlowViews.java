package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.expression.EvaluationException;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.streams.state.FlowHead;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes the views of flows from their stored state and their definition. Thread-safe. */
final class FlowViews {

  private final DefinitionLookup definitions;

  FlowViews(DefinitionLookup definitions) {
    this.definitions = definitions;
  }

  FlowView view(StoredFlow flow) {
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    Orchestration definition = id == null ? null : definitions.find(id).orElse(null);
    CompletedResult told = told(flow, definition);
    return new FlowView(
        state.flowId(),
        state.orchestrationName(),
        version(id, state.origin().startedAt()),
        id == null ? null : id.header(),
        state.status(),
        state.parkReason(),
        state.paused(),
        state.reason(),
        state.origin().initiator(),
        Instant.ofEpochMilli(state.origin().startedAt()),
        instant(state.times().endedAt()),
        Instant.ofEpochMilli(state.times().updatedAt()),
        instant(state.times().deadlineAt()),
        leftStanding(state, definition),
        steps(flow, definition),
        json(state.origin().payload(), flow.contents()),
        state.origin().headers() == null ? null : json(state.origin().headers(), flow.contents()),
        told.result(),
        told.error(),
        state.transitions(),
        state.notes().incidents(),
        state.notes().lastIncident());
  }

  /** The result of a completed flow, or why it is not known. */
  private record CompletedResult(@Nullable RawJson result, @Nullable String error) {
    static final CompletedResult NOTHING = new CompletedResult(null, null);
  }

  private static CompletedResult told(StoredFlow flow, @Nullable Orchestration definition) {
    boolean isTold =
        definition != null
            && definition.contract().result() != null
            && flow.state().status() == FlowStatus.COMPLETED;
    if (definition == null || !isTold) {
      return CompletedResult.NOTHING;
    }
    try {
      FlowEvaluator.Reader values =
          content -> {
            RawJson value = json(content, flow.contents());
            if (value == null) {
              throw new NoSuchElementException("a value of the flow has expired");
            }
            return value;
          };
      return new CompletedResult(
          new FlowEvaluator().told(definition, flow.state(), values).orElse(null), null);
    } catch (EvaluationException | NoSuchElementException e) {
      return new CompletedResult(null, e.getMessage());
    }
  }

  FlowSummary summary(FlowHead head) {
    return new FlowSummary(
        head.flowId(),
        head.orchestrationName(),
        version(head.definition(), head.startedAt()),
        head.status(),
        head.parkReason(),
        head.paused(),
        head.searchValue(),
        Instant.ofEpochMilli(head.startedAt()),
        Instant.ofEpochMilli(head.updatedAt()),
        instant(head.endedAt()));
  }

  /** The names of a flow's steps, in the order of its state. */
  List<String> stepNames(FlowState state) {
    DefinitionId id = state.definition();
    Orchestration definition = id == null ? null : definitions.find(id).orElse(null);
    return IntStream.range(0, state.steps().size())
        .mapToObj(index -> stepName(definition, index))
        .toList();
  }

  private @Nullable Integer version(@Nullable DefinitionId id, long startedAt) {
    return id == null ? null : definitions.versionOf(id, startedAt).orElse(null);
  }

  private static List<FlowView.FlowStepView> steps(
      StoredFlow flow, @Nullable Orchestration definition) {
    List<FlowView.FlowStepView> views = new ArrayList<>();
    for (int index = 0; index < flow.state().steps().size(); index++) {
      StepState step = flow.state().steps().get(index);
      Outside outside = step.outside();
      boolean waits = outside.openAttempt() == 0 && outside.armedTurn() == 0;
      boolean asked = outside.openAttempt() > 0 && outside.armedTurn() == 0;
      boolean ended = step.startedAt() > 0 && step.endedAt() >= step.startedAt();
      views.add(
          new FlowView.FlowStepView(
              definition == null ? index + 1 : definition.steps().get(index).seq(),
              stepName(definition, index),
              step.status(),
              outside.doing().sent(),
              outside.undoing().sent(),
              step.generation(),
              instant(step.startedAt()),
              instant(step.endedAt()),
              ended ? Math.max(0, step.endedAt() - step.startedAt()) : null,
              asked ? instant(step.dueAt()) : null,
              waits ? instant(step.dueAt()) : null,
              outside.worker(),
              step.error(),
              step.result() == null ? null : json(step.result(), flow.contents()),
              step.branch() == StepState.NO_BRANCH ? null : step.branch(),
              step.task() == null ? null : task(step.task(), definition, index),
              step.takenSignal() == null ? null : step.takenSignal().by(),
              outside.workerVersion(),
              outside.runs().stream().map(FlowViews::run).toList()));
    }
    return views;
  }

  private static FlowView.RunView run(WorkerRun run) {
    return new FlowView.RunView(
        run.version(),
        run.action(),
        Instant.ofEpochMilli(run.from()),
        Instant.ofEpochMilli(run.to()));
  }

  private static FlowView.TaskView task(
      TaskState task, @Nullable Orchestration definition, int step) {
    String form =
        definition != null && definition.steps().get(step).work() instanceof Work.Signal wait
            ? wait.form()
            : null;
    return new FlowView.TaskView(
        task.title(),
        task.assignee(),
        task.candidates(),
        instant(task.dueAt()),
        form == null ? null : RawJson.trusted(form.getBytes(UTF_8)));
  }

  /** Whether flows of this definition may have tasks. */
  boolean hasTasks(@Nullable DefinitionId id) {
    // An unknown definition may have some.
    return id != null
        && definitions
            .find(id)
            .map(definition -> definition.steps().stream().anyMatch(FlowViews::isTask))
            .orElse(true);
  }

  private static boolean isTask(Step step) {
    return step.work() instanceof Work.Signal wait && wait.task() != null;
  }

  /** The open tasks of a flow. */
  List<OpenTask> openTasks(StoredFlow flow, long now) {
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    Orchestration definition = id == null ? null : definitions.find(id).orElse(null);
    List<OpenTask> open = new ArrayList<>();
    for (int index = 0; index < state.steps().size(); index++) {
      StepState step = state.steps().get(index);
      if (step.status() == StepStatus.WAITING && step.task() != null) {
        boolean isOverdue = step.task().dueAt() > 0 && step.task().dueAt() <= now;
        open.add(
            new OpenTask(
                state.flowId(),
                state.orchestrationName(),
                stepName(definition, index),
                task(step.task(), definition, index),
                isOverdue,
                Instant.ofEpochMilli(step.startedAt()),
                instant(step.dueAt())));
      }
    }
    return open;
  }

  private static List<String> leftStanding(FlowState state, @Nullable Orchestration definition) {
    return state.standingSteps().stream().map(step -> stepName(definition, step)).toList();
  }

  /** A definition is never deleted; should it be missing all the same, its steps have numbers. */
  private static String stepName(@Nullable Orchestration definition, int index) {
    return definition == null ? "#" + (index + 1) : definition.steps().get(index).name();
  }

  private static @Nullable RawJson json(Content content, Map<String, byte[]> contents) {
    byte[] bytes = contents.get(content.digest());
    if (bytes == null) {
      return null;
    }
    try {
      return Json.value(bytes);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("stored content is not JSON: " + e.reason(), e);
    }
  }

  private static @Nullable Instant instant(long at) {
    return at == 0 ? null : Instant.ofEpochMilli(at);
  }
}
