package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.answer.AnswerEvents;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.protocol.Answer;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker's answer. A success whose result is too large to be handed back to the step's own UNDO
 * is a failure that leaves an effect.
 *
 * @param failStep what a {@code FAIL_STEP} of a DO without {@code saga-outcome} means where its
 *     step does not say
 */
record AnswerMessage(InputRecord record, Answer answer, int maxRecordBytes, FailStep failStep)
    implements Message {

  /** The maximum overhead of a command beside its payload and the start's headers. */
  private static final int COMMAND_ROOM = 8 * 1024;

  private static final int SECOND_MS = 1_000;

  private static final RawJson EMPTY = RawJson.EMPTY_OBJECT;

  @Override
  public String flowId() {
    return answer.flowId();
  }

  @Override
  public FlowEvent eventFor(FlowUpdate update) {
    return AnswerEvents.of(answer, new InFlow(update));
  }

  /** The answer meets its flow. */
  private final class InFlow implements AnswerEvents.Context {

    private final FlowUpdate update;

    private InFlow(FlowUpdate update) {
      this.update = update;
    }

    @Override
    public long now() {
      return update.now();
    }

    @Override
    public @Nullable CommandAction failedAction() {
      return AnswerMessage.this.failedAction(update);
    }

    @Override
    public FailStep failStep() {
      Step step = step(update);
      FailStep said = step == null ? null : step.remote().failStep();
      return said == null ? failStep : said;
    }

    @Override
    public @Nullable String whyUnfit() {
      return fits(update)
          ? null
          : "the step succeeded but its result is too large for a record of "
              + maxRecordBytes
              + " bytes";
    }

    @Override
    public @Nullable Content keptResult() {
      RawJson payload = answer.payload();
      return payload == null || payload.equals(EMPTY) ? null : update.add(payload);
    }
  }

  private @Nullable Step step(FlowUpdate update) {
    Orchestration definition = update.definition();
    int index = definition == null ? -1 : definition.indexOf(answer.stepName());
    return definition == null || index < 0 ? null : definition.steps().get(index);
  }

  private @Nullable StepState stateOfStep(FlowUpdate update) {
    FlowState state = update.state();
    Orchestration definition = update.definition();
    int index = definition == null ? -1 : definition.indexOf(answer.stepName());
    return state == null || index < 0 || index >= state.steps().size()
        ? null
        : state.steps().get(index);
  }

  /**
   * The action that a {@code FAIL_STEP} refers to, derived from the copied headers of its command;
   * null for the one in flight. While an UNDO is in flight, what was sent before it and is of no
   * earlier UNDO is a DO.
   */
  private @Nullable CommandAction failedAction(FlowUpdate update) {
    if (answer.failedAction() != null) {
      return answer.failedAction();
    }
    Step definition = step(update);
    StepState step = stateOfStep(update);
    boolean undoInFlight =
        step != null && step.status() == StepStatus.UNDOING && step.outside().openAttempt() > 0;
    if (definition == null || step == null || !undoInFlight || answer.failedSentAt() == 0) {
      return null;
    }
    long undoSentAt = step.dueAt() - definition.timeout().toMillis();
    // Some clients write times in whole seconds.
    boolean sameSecond =
        answer.failedSentAt() % SECOND_MS == 0
            && answer.failedSentAt() / SECOND_MS == undoSentAt / SECOND_MS;
    boolean noEarlierUndo =
        step.outside().undoing().sent() == 1 || answer.attempt() == step.outside().openAttempt();
    return answer.failedSentAt() < undoSentAt && noEarlierUndo && !sameSecond
        ? CommandAction.DO
        : null;
  }

  /** Whether the UNDO of this step could carry the result. */
  private boolean fits(FlowUpdate update) {
    if (record.cut()) {
      return false;
    }
    RawJson payload = answer.payload();
    FlowState state = update.state();
    if (payload == null || state == null) {
      return true;
    }
    List<Content> merged = asked(update, state);
    long bytes = payload.size();
    for (Content content : merged) {
      bytes += content.size();
    }
    Content headers = state.origin().headers();
    long room = (long) maxRecordBytes - COMMAND_ROOM - (headers == null ? 0 : headers.size());
    // Only what is sent counts, and not what a later result replaces; merging tells how much it is.
    return bytes <= room || (payload.size() <= room && merged(update, merged, payload) <= room);
  }

  /** The input of this step's DO, as JSON values to be merged; those that can be. */
  private List<Content> asked(FlowUpdate update, FlowState state) {
    Orchestration definition = update.definition();
    StepState step = stateOfStep(update);
    List<Content> asked = new ArrayList<>();
    if (definition == null || step == null) {
      asked.add(state.origin().payload());
    } else if (step.input() != null) {
      asked.add(step.input());
    } else {
      asked.add(state.origin().payload());
      for (int ancestor : definition.graph().ancestors(definition.indexOf(answer.stepName()))) {
        Content result = state.steps().get(ancestor).result();
        if (result != null) {
          asked.add(result);
        }
      }
    }
    return asked;
  }

  private static long merged(FlowUpdate update, List<Content> asked, RawJson result) {
    List<RawJson> values = new ArrayList<>(asked.size() + 1);
    for (Content content : asked) {
      if (content.object()) {
        values.add(RawJson.trusted(update.bytesOf(content)));
      }
    }
    if (result.isObject()) {
      values.add(result);
    }
    try {
      return values.isEmpty() ? 0 : Json.merge(values).size();
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(
          "a stored content of flow " + update.flowId() + " is not JSON", e);
    }
  }
}
