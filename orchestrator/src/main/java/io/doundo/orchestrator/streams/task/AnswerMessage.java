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
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.ResultRoom;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.protocol.Answer;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.RawJson;
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

  private static final int SECOND_MS = 1_000;

  private static final RawJson EMPTY = RawJson.EMPTY_OBJECT;

  @Override
  public String flowId() {
    return answer.flowId();
  }

  @Override
  public @Nullable String step() {
    return answer.stepName();
  }

  @Override
  public FlowEvent eventFor(FlowUpdate update) {
    return AnswerEvents.of(answer, new InFlow(update));
  }

  /** Handles the answer with its flow. */
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
      FailStep said =
          step != null && step.work() instanceof Work.Remote remote ? remote.failStep() : null;
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

  /**
   * Whether the UNDO of this step could carry the result, or what is kept of it is yet to be told.
   */
  private boolean fits(FlowUpdate update) {
    if (record.cut()) {
      return false;
    }
    RawJson payload = answer.payload();
    Step step = step(update);
    boolean isReduced = step != null && step.data().result() != null;
    return payload == null
        || isReduced
        || ResultRoom.fits(
            update.definition(),
            update.state(),
            answer.stepName(),
            payload,
            maxRecordBytes,
            content -> RawJson.trusted(update.bytesOf(content)));
  }
}
