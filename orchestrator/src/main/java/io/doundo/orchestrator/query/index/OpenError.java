package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowFront.StepFront;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The error of a flow that counts: that of the step which failed last and has not been got over, or
 * else the reason for which the flow stands where it stands.
 *
 * @param step the index of the step, or -1 for an error of the flow itself
 * @param texts the text that counts, then the other errors of the flow
 * @param at ms since the epoch
 * @param action DO or UNDO, or empty
 * @param kind {@code FAILED} or {@code IN_DOUBT}
 */
record OpenError(int step, List<String> texts, long at, String action, String kind) {

  static final int NO_STEP = -1;
  private static final int MOST_TEXTS = 4;

  OpenError {
    texts = List.copyOf(texts);
  }

  /** Null for a flow without any error. */
  static @Nullable OpenError of(FlowFront front) {
    int last = NO_STEP;
    List<StepFront> steps = front.steps();
    for (int i = 0; i < steps.size(); i++) {
      StepFront step = steps.get(i);
      if (step.error() != null && (last == NO_STEP || isLater(step, steps.get(last)))) {
        last = i;
      }
    }
    List<String> texts = new ArrayList<>();
    if (last != NO_STEP) {
      add(texts, steps.get(last).error());
    }
    add(texts, front.reason());
    for (int i = 0; i < steps.size() && texts.size() < MOST_TEXTS; i++) {
      add(texts, steps.get(i).error());
    }
    if (texts.isEmpty()) {
      return null;
    }
    if (last == NO_STEP) {
      return new OpenError(NO_STEP, texts, front.head().updatedAt(), "", "FAILED");
    }
    StepFront step = steps.get(last);
    boolean inDoubt =
        step.status() == StepStatus.IN_DOUBT
            || (step.effect() == StepEffect.IN_DOUBT && !isUndo(step));
    return new OpenError(
        last,
        texts,
        step.endedAt() > 0 ? step.endedAt() : front.head().updatedAt(),
        isUndo(step) ? "UNDO" : "DO",
        inDoubt ? "IN_DOUBT" : "FAILED");
  }

  /**
   * Whether it says that something went wrong: the reason alone may be an operator's, for an undo
   * that was asked for.
   */
  boolean isIncident(FlowStatus status) {
    return step != NO_STEP || status == FlowStatus.PARKED || status == FlowStatus.REJECTED;
  }

  private static void add(List<String> texts, @Nullable String text) {
    if (text != null && !text.isEmpty() && !texts.contains(text)) {
      texts.add(text);
    }
  }

  /** One that is still open comes before one that was got over, then the later one. */
  private static boolean isLater(StepFront step, StepFront other) {
    boolean open = StepRow.isOpenOrFailed(step.status());
    boolean otherOpen = StepRow.isOpenOrFailed(other.status());
    return open == otherOpen ? step.endedAt() > other.endedAt() : open;
  }

  private static boolean isUndo(StepFront step) {
    return step.undoSent() > 0
        && switch (step.status()) {
          case UNDOING, UNDO_FAIL, UNDO_SUCCESS -> true;
          default -> false;
        };
  }
}
