package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowFront.StepFront;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the part of a flow's row that differs in length, and finds the small facts for the rest of
 * it. {@link RowCursor} reads it again. Reused; confined to the writing thread.
 */
@SuppressWarnings("EnumOrdinal") // Rows outlive no release: a snapshot names the enums it holds.
final class RowContent {

  private static final int LONGEST_ERROR = 512;
  private static final int LONGEST_WORKER = 200;

  /** So many services and versions of them are told apart; the others count as one. */
  private static final int MOST_WORKERS = 10_000;

  private final RowWriter content = new RowWriter();
  private final Dictionary<String> workers;
  private int stepStatuses;

  RowContent(Dictionary<String> workers) {
    this.workers = workers;
  }

  /** The bytes that were written last. */
  RowWriter bytes() {
    return content;
  }

  /** A bit for each status that a step has of the flow that was written last. */
  int stepStatuses() {
    return stepStatuses;
  }

  static boolean needsAttention(FlowFront front) {
    int statuses = 0;
    for (StepFront step : front.steps()) {
      statuses |= bit(step.status());
    }
    return needsAttention(front.head(), statuses);
  }

  private static boolean needsAttention(FlowHead head, int stepStatuses) {
    if (head.status().isTerminal()) {
      return false;
    }
    return head.status() != FlowStatus.IN_PROGRESS
        || head.paused()
        || (stepStatuses & (bit(StepStatus.IN_DOUBT) | bit(StepStatus.WAITING))) != 0;
  }

  private static int bit(StepStatus status) {
    return 1 << status.ordinal();
  }

  /** When it is next due by itself, ms since the epoch; 0 for never. */
  static long dueAt(FlowFront front) {
    long due = front.head().deadlineAt() == 0 ? Long.MAX_VALUE : front.head().deadlineAt();
    for (StepFront step : front.steps()) {
      if (step.dueAt() > 0 && step.dueAt() < due) {
        due = step.dueAt();
      }
    }
    return due == Long.MAX_VALUE ? 0 : due;
  }

  /**
   * Writes what differs in length; returns the flags.
   *
   * @param ended whether the state is an archived one
   * @param error the error that the row shows; null for none
   */
  int write(FlowFront front, byte[] flowId, boolean ended, @Nullable OpenError error) {
    FlowHead head = front.head();
    long start = head.startedAt();
    content.clear();
    stepStatuses = 0;
    content.writeText(flowId);
    content.writeNullableText(head.searchValue());
    if (head.definition() == null) {
      content.writeText(head.orchestrationName());
    }
    PartOf partOf = front.partOf();
    if (partOf != null) {
      content.writeText(partOf.link().flowId());
    }
    content.writeNumber(front.steps().size());
    boolean inDoubt = head.parkReason() == ParkReason.PIVOT_IN_DOUBT;
    boolean mayStand = false;
    int openTasks = 0;
    for (StepFront step : front.steps()) {
      content.writeByte(firstByte(step));
      stepStatuses |= bit(step.status());
    }
    for (StepFront step : front.steps()) {
      writeDetails(step, start);
      inDoubt |= step.status() == StepStatus.IN_DOUBT;
      mayStand |= step.effect().mayExist();
      openTasks += isOpenTask(step) ? 1 : 0;
    }
    int flags = Flags.of(head.status(), head.parkReason());
    flags |= head.paused() ? Flags.PAUSED : 0;
    flags |= partOf == null ? 0 : Flags.IS_PART;
    flags |= ended ? Flags.ENDED : 0;
    flags |= inDoubt && !ended ? Flags.IN_DOUBT : 0;
    flags |= !ended && needsAttention(head, stepStatuses) ? Flags.NEEDS_ATTENTION : 0;
    boolean undone = head.status() == FlowStatus.UNDONE || head.status() == FlowStatus.ABANDONED;
    flags |= undone && mayStand ? Flags.LEFT_STANDING : 0;
    if (error != null) {
      flags |= Flags.HAS_ERRORS;
      writeTime(error.at(), start);
      content.writeNumber(error.texts().size());
      error.texts().forEach(text -> content.writeText(cut(text)));
    }
    if (openTasks > 0 && !ended) {
      flags |= Flags.HAS_TASKS;
      content.writeNumber(openTasks);
      for (int i = 0; i < front.steps().size(); i++) {
        if (isOpenTask(front.steps().get(i))) {
          writeTask(i, front.steps().get(i));
        }
      }
    }
    return flags;
  }

  /** The statuses stand together, so that a reader finds that of one step without the others. */
  private static int firstByte(StepFront step) {
    return step.status().ordinal()
        | (step.effect().mayExist() ? RowCursor.WITH_EFFECT : 0)
        | (isAsked(step) ? RowCursor.ASKED : 0)
        | (hasMore(step) ? RowCursor.WITH_MORE : 0);
  }

  private static boolean hasMore(StepFront step) {
    return step.doSent() > 0 || step.undoSent() > 0 || step.startedAt() > 0;
  }

  private static boolean isAsked(StepFront step) {
    return hasMore(step) && step.isAsked() && step.dueAt() > 0;
  }

  private void writeDetails(StepFront step, long start) {
    if (hasMore(step)) {
      content.writeNumber(step.doSent());
      content.writeNumber(step.undoSent());
      content.writeNumber(step.worker() == null ? 0 : worker(step.worker()));
      content.writeNumber(step.workerVersion() == null ? 0 : worker(step.workerVersion()));
      writeTime(step.startedAt(), start);
      writeTime(step.endedAt(), start);
      if (isAsked(step)) {
        writeTime(step.dueAt(), start);
      }
    }
  }

  private int worker(String service) {
    String name =
        service.length() > LONGEST_WORKER ? service.substring(0, LONGEST_WORKER) : service;
    Integer known = workers.find(name);
    if (known != null) {
      return known;
    }
    return workers.add(workers.size() < MOST_WORKERS ? name : "(other)");
  }

  private void writeTime(long at, long start) {
    content.writeNumber(at == 0 ? 0 : Math.max(0, at - start) + 1);
  }

  private static boolean isOpenTask(StepFront step) {
    return step.status() == StepStatus.WAITING && step.task() != null;
  }

  private void writeTask(int index, StepFront step) {
    TaskState task = step.task();
    if (task == null) {
      return;
    }
    content.writeNumber(index);
    content.writeText(task.title());
    content.writeNullableText(task.assignee());
    content.writeNumber(task.candidates().size());
    task.candidates().forEach(content::writeText);
    content.writeNumber(Math.max(0, task.dueAt()));
    content.writeNumber(Math.max(0, step.startedAt()));
    content.writeNumber(Math.max(0, step.dueAt()));
  }

  /** At most 512 bytes, ending with a whole character. */
  private static byte[] cut(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    if (utf8.length <= LONGEST_ERROR) {
      return utf8;
    }
    int end = LONGEST_ERROR;
    while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(utf8, end);
  }
}
