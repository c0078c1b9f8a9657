package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of operators that a flow allows now; the core is asked for each of them. What a command
 * would carry is not computed, as there are as many rows as steps: whether that fails is left to
 * the dry run of the one verb that is meant.
 */
public final class VerbTable {

  /** No flow remembers a control id like this one: it has more characters than a record may. */
  private static final String CONTROL_ID = "verb-".repeat(60);

  private static final List<ControlAction> OF_THE_FLOW =
      List.of(
          ControlAction.UNDO,
          ControlAction.CANCEL,
          ControlAction.RETRY,
          ControlAction.PAUSE,
          ControlAction.RESUME,
          ControlAction.ABANDON);

  private static final List<ControlAction> OF_STEPS =
      List.of(ControlAction.RETRY, ControlAction.SKIP, ControlAction.RESOLVE);

  private final @Nullable Orchestration definition;
  private final FlowState state;
  private final long now;
  private final Evaluations evaluations;

  private VerbTable(
      @Nullable Orchestration definition, FlowState state, long now, Evaluations evaluations) {
    this.definition = definition;
    this.state = state;
    this.now = now;
    this.evaluations = evaluations;
  }

  /**
   * Each verb for the whole flow, and for each step that allows it. A verb that no step allows
   * stands once, with the reason why the flow's current step refuses it.
   *
   * @param definition null for a flow that waits for it
   * @param now ms since the epoch
   */
  public static List<VerbRow> of(
      @Nullable Orchestration definition, FlowState state, long now, Evaluations evaluations) {
    return new VerbTable(definition, state, now, evaluations).rows();
  }

  private List<VerbRow> rows() {
    List<VerbRow> rows = new ArrayList<>();
    for (ControlAction verb : OF_THE_FLOW) {
      rows.add(row(verb, null));
    }
    for (ControlAction verb : OF_STEPS) {
      List<VerbRow> allowed = new ArrayList<>();
      for (int i = 0; i < state.steps().size(); i++) {
        VerbRow row = row(verb, name(i));
        if (row.allowed()) {
          allowed.add(row);
        }
      }
      if (allowed.isEmpty() && verb != ControlAction.RETRY) {
        int current = currentStep();
        allowed.add(row(verb, current < 0 ? null : name(current)));
      }
      rows.addAll(allowed);
    }
    return rows;
  }

  private String name(int step) {
    if (definition == null) {
      throw new IllegalStateException("a flow without definition has no steps");
    }
    return definition.steps().get(step).name();
  }

  /** The step that an operator would look at: one that is stuck, else one that is under way. */
  private int currentStep() {
    int found = -1;
    for (int i = 0; i < state.steps().size(); i++) {
      StepStatus status = state.steps().get(i).status();
      switch (status) {
        case RETRY_EXHAUSTED, FAILED, UNDO_FAIL -> {
          return i;
        }
        case COMPUTING, ARMED, WAITING, HELD, IN_PROGRESS, DO_FAIL, IN_DOUBT, UNDOING -> {
          if (found < 0) {
            found = i;
          }
        }
        case PENDING, NOT_TAKEN, DO_SUCCESS, UNDO_SUCCESS, SKIPPED, RESOLVED, GIVEN_UP -> {
          // It is not its turn.
        }
      }
    }
    return found < 0 ? state.steps().size() - 1 : found;
  }

  private VerbRow row(ControlAction verb, @Nullable String step) {
    DryRun run = run(verb, step, Resolution.DONE);
    if (run.refusal() == null) {
      return new VerbRow(verb, step, true, null, effect(verb, run));
    }
    if (verb == ControlAction.RESOLVE) {
      if (run(verb, step, Resolution.TAKEN).refusal() == null) {
        return new VerbRow(
            verb, step, true, null, "with {\"taken\": true or false}: whether the step is taken");
      }
      if (run(verb, step, Resolution.BRANCH).refusal() == null) {
        return new VerbRow(
            verb, step, true, null, "with {\"branch\": n}: which branch the choice takes");
      }
    }
    return new VerbRow(verb, step, false, run.refusal(), null);
  }

  private DryRun run(ControlAction verb, @Nullable String step, Resolution resolution) {
    ControlRequested request =
        new ControlRequested(
            now,
            CONTROL_ID,
            verb,
            step,
            null,
            resolution,
            null,
            null,
            null,
            resolution == Resolution.BRANCH ? 0 : null);
    try {
      return DryRun.of(definition, state, request, this::withoutCommands);
    } catch (UnknownValueException e) {
      // Where the flow goes depends on what a step is sent.
      return DryRun.of(definition, state, request, evaluations);
    }
  }

  private Evaluation withoutCommands(Orchestration of, FlowState at, Evaluate asked) {
    return asked.purpose() == Purpose.INPUT
            || asked.purpose() == Purpose.REQUEST
            || asked.purpose() == Purpose.UNDO
        ? new Evaluation.Value(UnknownValue.of("what " + asked.stepName() + " is sent"))
        : evaluations.of(of, at, asked);
  }

  private String effect(ControlAction verb, DryRun run) {
    StringJoiner parts = new StringJoiner("; ");
    asked(parts, run, CommandAction.UNDO, "to undo");
    asked(parts, run, CommandAction.DO, "to do");
    if (run.status() == FlowStatus.UNDOING) {
      String awaited = awaited(run.state());
      if (!awaited.isEmpty()) {
        parts.add("waits for the answer of " + awaited + " first");
      }
    }
    for (DryRun.Entry entry : run.events()) {
      String said = said(entry);
      if (said != null) {
        parts.add(said);
      }
    }
    if (parts.length() == 0) {
      parts.add(
          run.state().paused() && verb != ControlAction.PAUSE
              ? "nothing is sent before the flow is resumed"
              : run.status() == FlowStatus.UNDONE
                  ? "nothing has to be undone"
                  : "nothing is sent now");
    }
    return run.status() == state.status() ? parts.toString() : "→ " + run.status() + ": " + parts;
  }

  private static void asked(StringJoiner parts, DryRun run, CommandAction action, String what) {
    List<String> steps =
        run.commands().stream()
            .filter(command -> command.action() == action)
            .map(PlannedCommand::step)
            .toList();
    if (!steps.isEmpty()) {
      parts.add(
          String.join(", ", steps) + (steps.size() == 1 ? " is asked " : " are asked ") + what);
    }
  }

  private String awaited(FlowState after) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < after.steps().size(); i++) {
      StepState step = after.steps().get(i);
      if (step.outside().openAttempt() > 0 && step.status() != StepStatus.UNDOING) {
        names.add(name(i));
      }
    }
    return names.stream().collect(Collectors.joining(", "));
  }

  private static @Nullable String said(DryRun.Entry entry) {
    FlowEventType type = entry.type();
    String step = entry.step();
    return switch (type) {
      case FLOW_PAUSED -> "nothing is sent until the flow is resumed; answers are recorded";
      case FLOW_ABANDONED -> "the flow ends, and nothing is undone";
      case FLOW_CANCEL_DEFERRED, FLOW_CANCEL_DROPPED -> entry.reason();
      case STEP_SKIPPED -> step + " is passed over";
      case STEP_RESOLVED -> step + " is settled by hand";
      case STEP_WAITING -> step + " waits " + entry.reason();
      case STEP_NOT_TAKEN -> step + " is not taken";
      case FLOW_REJECTED -> "the flow never starts";
      default -> null;
    };
  }
}
