package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.ErrorGroup;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.StepRow;
import io.doundo.orchestrator.query.index.TaskRow;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Makes the views of flows from their stored state and their definition. Thread-safe. */
final class FlowViews {

  private static final int MOST_CURRENT_STEPS = 10;

  /** How many parts of a step are shown by name. */
  private static final int MOST_PARTS = 100;

  /** Those that keep the step waiting come first. */
  private static final List<PartPlace> SHOWN_FIRST =
      List.of(
          PartPlace.LOST,
          PartPlace.ABANDONED,
          PartPlace.RUNNING,
          PartPlace.ASKED,
          PartPlace.FAILED,
          PartPlace.UNDONE,
          PartPlace.DONE,
          PartPlace.RELEASED);

  private final DefinitionLookup definitions;

  FlowViews(DefinitionLookup definitions) {
    this.definitions = definitions;
  }

  FlowView view(StoredFlow flow) {
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    Orchestration definition = definitions.of(state).orElse(null);
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
        state.notes().lastIncident(),
        state.incarnation(),
        part(state));
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

  /**
   * @param names of the steps of its definition; empty while it is unknown
   */
  FlowSummary summary(FlowRow row, List<String> names) {
    List<String> current = new ArrayList<>();
    int attempts = 0;
    for (int index = 0; index < row.steps().size(); index++) {
      StepRow step = row.steps().get(index);
      if (StepRow.isOpenOrFailed(step.status())) {
        attempts = Math.max(attempts, step.doSent() + step.undoSent());
        if (current.size() < MOST_CURRENT_STEPS) {
          current.add(index < names.size() ? names.get(index) : "#" + (index + 1));
        }
      }
    }
    ErrorGroup group = row.errorGroup();
    return new FlowSummary(
        row.flowId(),
        row.definition().orchestration(),
        version(row.definition().id(), row.startedAt()),
        row.status(),
        row.parkReason(),
        row.paused(),
        row.searchValue(),
        row.parent(),
        Instant.ofEpochMilli(row.startedAt()),
        Instant.ofEpochMilli(row.updatedAt()),
        instant(row.endedAt()),
        row.transitions(),
        current,
        attempts,
        group == null ? null : row.error(),
        group == null ? null : group.fingerprint(),
        instant(row.dueAt()),
        row.inDoubt());
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
              outside.runs().stream().map(FlowViews::run).toList(),
              step.parts() == null
                  ? null
                  : parts(flow.state(), stepName(definition, index), step.parts())));
    }
    return views;
  }

  private static FlowView.@Nullable PartView part(FlowState state) {
    PartOf partOf = state.origin().partOf();
    if (partOf == null) {
      return null;
    }
    PartLink link = partOf.link();
    return new FlowView.PartView(
        link.flowId(),
        partOf.root(),
        link.step(),
        link.attempt(),
        link.index(),
        state.life().paused());
  }

  private static FlowView.PartsView parts(FlowState state, String step, PartsState parts) {
    List<FlowView.PartLine> lines = new ArrayList<>();
    Ranges heldUp = heldUp(parts);
    for (int index : heldUp.numbers().limit(MOST_PARTS).toArray()) {
      PartPlace place = parts.sets().placeOf(index);
      if (place != null) {
        lines.add(line(state, step, parts, index, place));
      }
    }
    for (PartPlace place : SHOWN_FIRST) {
      parts
          .sets()
          .at(place)
          .numbers()
          .filter(index -> !heldUp.contains(index))
          .limit(MOST_PARTS - (long) lines.size())
          .forEach(index -> lines.add(line(state, step, parts, index, place)));
    }
    Map<PartPlace, Integer> counts = new EnumMap<>(PartPlace.class);
    for (PartPlace place : PartPlace.values()) {
      int size = parts.sets().at(place).size();
      if (size > 0) {
        counts.put(place, size);
      }
    }
    return new FlowView.PartsView(
        parts.plan().total(),
        parts.next(),
        parts.plan().total() - parts.next(),
        counts,
        parts.parked().size(),
        parts.paused().size(),
        parts.repairing().size() + parts.earlier().size(),
        parts.attempt(),
        instant(parts.nextAt()),
        lines);
  }

  private static FlowView.PartLine line(
      FlowState state, String step, PartsState parts, int index, PartPlace place) {
    PartLink link = new PartLink(state.flowId(), state.incarnation(), step, parts.attempt(), index);
    return new FlowView.PartLine(
        PartOf.flowIdOf(link), index, place, parts.parked().contains(index), parts.isPaused(index));
  }

  /** The parts of this attempt that do not go on before an operator acts. */
  private static Ranges heldUp(PartsState parts) {
    Ranges heldUp = parts.parked();
    for (PausedPart part : parts.paused()) {
      heldUp = part.attempt() == parts.attempt() ? heldUp.with(part.index()) : heldUp;
    }
    return heldUp;
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
    return new FlowView.TaskView(
        task.title(),
        task.assignee(),
        task.candidates(),
        instant(task.dueAt()),
        form(definition, step));
  }

  private static @Nullable RawJson form(@Nullable Orchestration definition, int step) {
    String form =
        definition != null && definition.steps().get(step).work() instanceof Work.Signal wait
            ? wait.form()
            : null;
    return form == null ? null : RawJson.trusted(form.getBytes(UTF_8));
  }

  /** An open task, without the form of its answer. */
  OpenTask openTask(
      String flowId, IndexedDefinition definition, TaskRow task, String step, long now) {
    return new OpenTask(
        flowId,
        definition.orchestration(),
        step,
        new FlowView.TaskView(
            task.title(), task.assignee(), task.candidates(), instant(task.dueAt()), null),
        task.dueAt() > 0 && task.dueAt() <= now,
        Instant.ofEpochMilli(task.openedAt()),
        instant(task.timesOutAt()),
        definition,
        task.step());
  }

  /** The same task with the form of its answer. */
  OpenTask withForm(OpenTask open) {
    DefinitionId id = open.definition().id();
    Orchestration definition =
        id == null ? null : definitions.find(id, open.definition().path()).orElse(null);
    FlowView.TaskView task = open.task();
    return new OpenTask(
        open.flowId(),
        open.orchestrationName(),
        open.step(),
        new FlowView.TaskView(
            task.title(),
            task.assignee(),
            task.candidates(),
            task.dueAt(),
            form(definition, open.stepIndex())),
        open.overdue(),
        open.openedAt(),
        open.timesOutAt(),
        open.definition(),
        open.stepIndex());
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
