package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step in its flow's value: a block with its length in front, of which a step that has not begun
 * fills one byte. After the status come a tag, what every step has, and the tail that the tag
 * names. A tag or a longer block than this release knows was written by a newer one. Stateless.
 */
final class StepStateCodec {

  /** Nothing was sent for the step, and nothing is about to be. */
  private static final int WITHOUT_TAIL = 0;

  /** {@link Outside} follows. */
  private static final int OUTSIDE = 1;

  /** The branch that a choice has taken follows. */
  private static final int CHOSEN = 2;

  /** Who sent the signal that a step has taken, and when, follow. */
  private static final int SIGNALLED = 3;

  /** The task follows, and who answered it and when, if it was answered. */
  private static final int TASK = 4;

  /** {@link Outside} follows, and then which versions of the worker answered. */
  private static final int VERSIONED = 5;

  /** {@link Outside} follows, which counts the attempts, and then how the parts stand. */
  private static final int PARTS = 6;

  /**
   * {@link Outside} follows, then which versions of the worker answered, and then the idempotency
   * keys.
   */
  private static final int KEYED = 7;

  /** As {@link #PARTS}, and then the parts of earlier attempts that undo a late effect. */
  private static final int REPAIRING = 8;

  /** As {@link #REPAIRING}, and then the parts that an operator has paused by themselves. */
  private static final int PAUSED = 9;

  /** The minimum size of a step: a length and a status; before there were lengths, two bytes. */
  static final int LEAST_BYTES = 2;

  private StepStateCodec() {}

  static void write(ByteWriter out, StepState step, ContentCodec.Writer contents) {
    if (step.status() == StepStatus.COMPUTING) {
      throw new IllegalStateException("a step that is being evaluated must not be stored");
    }
    int block = out.openBlock();
    out.writeByte(StoredCodes.STEP_STATUSES.codeOf(step.status()));
    if (!step.equals(StepState.PENDING)) {
      writeRest(out, step, contents);
    }
    out.closeBlock(block);
  }

  private static void writeRest(ByteWriter out, StepState step, ContentCodec.Writer contents) {
    Outside outside = step.outside();
    boolean hasTail = !outside.equals(Outside.NONE);
    boolean hasChosen = step.branch() != StepState.NO_BRANCH;
    TakenSignal taken = step.takenSignal();
    TaskState task = step.task();
    boolean hasWaited = taken != null || task != null;
    if ((hasTail && hasChosen) || (hasWaited && (hasTail || hasChosen))) {
      throw new IllegalStateException("a choice or a wait sends no command");
    }
    int waitTail = task != null ? TASK : SIGNALLED;
    int insideTail = hasWaited ? waitTail : hasChosen ? CHOSEN : WITHOUT_TAIL;
    boolean hasKeys = !outside.keys().isEmpty();
    boolean hasRuns = hasKeys || !outside.runs().isEmpty();
    int outsideTail = hasKeys ? KEYED : hasRuns ? VERSIONED : OUTSIDE;
    PartsState parts = step.parts();
    if (parts != null && (hasRuns || hasChosen || hasWaited)) {
      throw new IllegalStateException(
          "a step with parts has no worker, and neither waits nor chooses");
    }
    out.writeByte(parts != null ? tagOf(parts) : hasTail ? outsideTail : insideTail);
    out.writeByte(StoredCodes.STEP_EFFECTS.codeOf(step.effect()));
    out.writeNumber(step.generation());
    out.writeNumber(step.dueAt());
    out.writeNumber(step.startedAt());
    out.writeNumber(step.endedAt());
    contents.write(step.result());
    contents.write(step.input());
    contents.write(step.undoInput());
    out.writeNullableText(step.error());
    if (hasTail || parts != null) {
      writeAttempts(out, outside.doing());
      writeAttempts(out, outside.undoing());
      out.writeNumber(outside.openAttempt());
      out.writeNumber(outside.succeededAttempt());
      out.writeNumber(outside.armedTurn());
      out.writeNullableText(outside.worker());
      if (hasRuns) {
        writeRuns(out, outside.runs());
      }
      if (hasKeys) {
        writeKeys(out, outside.keys());
      }
      if (parts != null) {
        PartsCodec.write(out, parts, contents);
      }
      if (parts != null && tagOf(parts) != PARTS) {
        PartsCodec.write(out, parts.earlier());
      }
      if (parts != null && tagOf(parts) == PAUSED) {
        PartsCodec.writePaused(out, parts.paused());
      }
    } else if (hasChosen) {
      out.writeNumber(step.branch());
    } else if (task != null) {
      writeTask(out, task);
      out.writeBoolean(taken != null);
    }
    if (taken != null) {
      out.writeNullableText(taken.by());
      out.writeNumber(taken.at());
    }
  }

  private static void writeRuns(ByteWriter out, List<WorkerRun> runs) {
    out.writeNumber(runs.size());
    for (WorkerRun run : runs) {
      out.writeText(run.version());
      out.writeBoolean(run.action() == CommandAction.UNDO);
      out.writeNumber(run.from());
      out.writeNumber(run.to() - run.from());
    }
  }

  private static void writeKeys(ByteWriter out, List<DoKey> keys) {
    out.writeNumber(keys.size());
    for (DoKey key : keys) {
      out.writeNumber(key.number());
      out.writeNumber(key.firstAttempt());
      out.writeNumber(key.lastDeadline());
      out.writeByte(StoredCodes.STEP_EFFECTS.codeOf(key.effect()));
    }
  }

  private static List<DoKey> readKeys(ByteReader in) {
    int size = in.readInt();
    List<DoKey> keys = new ArrayList<>(Math.min(size, DoKey.MOST));
    for (int i = 0; i < size; i++) {
      keys.add(
          new DoKey(
              in.readInt(),
              in.readInt(),
              in.readNumber(),
              StoredCodes.STEP_EFFECTS.valueOf(in.readByte())));
    }
    return keys;
  }

  private static List<WorkerRun> readRuns(ByteReader in) {
    int size = in.readInt();
    List<WorkerRun> runs = new ArrayList<>(Math.min(size, WorkerRun.MOST));
    for (int i = 0; i < size; i++) {
      String version = in.readText();
      CommandAction action = in.readBoolean() ? CommandAction.UNDO : CommandAction.DO;
      long from = in.readNumber();
      runs.add(new WorkerRun(version, action, from, from + in.readNumber()));
    }
    return runs;
  }

  private static void writeTask(ByteWriter out, TaskState task) {
    out.writeText(task.title());
    out.writeNullableText(task.assignee());
    out.writeNumber(task.candidates().size());
    task.candidates().forEach(out::writeText);
    out.writeNumber(task.dueAt());
  }

  private static TaskState readTask(ByteReader in) {
    String title = in.readText();
    String assignee = in.readNullableText();
    int size = in.readInt();
    List<String> candidates = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      candidates.add(in.readText());
    }
    return new TaskState(title, assignee, candidates, in.readNumber());
  }

  private static void writeAttempts(ByteWriter out, Attempts attempts) {
    out.writeNumber(attempts.sent());
    out.writeNumber(attempts.base());
    out.writeNumber(attempts.answers());
  }

  static StepState read(ByteReader in, Map<String, byte[]> contents) {
    int outer = in.openBlock();
    StepStatus status = status(in.readByte());
    StepState step =
        in.isAtEnd() && status == StepStatus.PENDING
            ? StepState.PENDING
            : readRest(in, status, contents);
    if (!in.isAtEnd()) {
      throw NewerSchemaException.unknown(
          "the last " + in.remaining() + " bytes of a step that is " + status);
    }
    in.closeBlock(outer);
    return step;
  }

  /** Reads what lists show of a step, and passes over the rest. */
  static FlowFront.StepFront readFront(ByteReader in) {
    int outer = in.openBlock();
    StepStatus status = status(in.readByte());
    FlowFront.StepFront front =
        in.isAtEnd() && status == StepStatus.PENDING
            ? FlowFront.StepFront.PENDING
            : readFrontRest(in, status);
    in.leaveBlock(outer);
    return front;
  }

  private static FlowFront.StepFront readFrontRest(ByteReader in, StepStatus status) {
    int tag = readTag(in, status);
    StepEffect effect = StoredCodes.STEP_EFFECTS.valueOf(in.readByte());
    in.readNumber();
    long dueAt = in.readNumber();
    long startedAt = in.readNumber();
    long endedAt = in.readNumber();
    ContentCodec.skip(in);
    ContentCodec.skip(in);
    ContentCodec.skip(in);
    String error = in.readNullableText();
    Outside outside = hasOutside(tag) ? readOutside(in, tag) : Outside.NONE;
    TaskState task = tag == TASK ? readTask(in) : null;
    return new FlowFront.StepFront(
        status,
        effect,
        outside.doing().sent(),
        outside.undoing().sent(),
        outside.openAttempt() > 0 && !hasParts(tag),
        dueAt,
        startedAt,
        endedAt,
        error,
        outside.worker(),
        FlowFront.StepFront.versionOf(outside),
        task);
  }

  private static StepStatus status(int code) {
    if (StoredCodes.STEP_STATUSES.isBeyond(code)) {
      throw NewerSchemaException.unknown("the step status with the code " + code);
    }
    return StoredCodes.STEP_STATUSES.valueOf(code);
  }

  private static StepState readRest(
      ByteReader in, StepStatus status, Map<String, byte[]> contents) {
    int tag = readTag(in, status);
    StepEffect effect = StoredCodes.STEP_EFFECTS.valueOf(in.readByte());
    int generation = in.readInt();
    long dueAt = in.readNumber();
    long startedAt = in.readNumber();
    long endedAt = in.readNumber();
    Content result = ContentCodec.read(in, contents);
    Content input = ContentCodec.read(in, contents);
    Content undoInput = ContentCodec.read(in, contents);
    String error = in.readNullableText();
    Outside outside = hasOutside(tag) ? readOutside(in, tag) : Outside.NONE;
    int branch = tag == CHOSEN ? in.readInt() : StepState.NO_BRANCH;
    TaskState task = tag == TASK ? readTask(in) : null;
    PartsState parts =
        hasParts(tag) ? PartsCodec.read(in, contents, tag != PARTS, tag == PAUSED) : null;
    boolean hasTaken = tag == SIGNALLED || (tag == TASK && in.readBoolean());
    return new StepState(
        status,
        effect,
        generation,
        dueAt,
        startedAt,
        endedAt,
        result,
        input,
        undoInput,
        error,
        outside,
        branch,
        hasTaken ? new TakenSignal(in.readNullableText(), in.readNumber()) : null,
        task,
        parts);
  }

  private static boolean hasOutside(int tag) {
    return tag == OUTSIDE || tag == VERSIONED || tag == KEYED || hasParts(tag);
  }

  private static boolean hasParts(int tag) {
    return tag == PARTS || tag == REPAIRING || tag == PAUSED;
  }

  /** A tag that an earlier release does not know is written only while it is needed. */
  private static int tagOf(PartsState parts) {
    if (!parts.paused().isEmpty()) {
      return PAUSED;
    }
    return parts.earlier().isEmpty() ? PARTS : REPAIRING;
  }

  private static int readTag(ByteReader in, StepStatus status) {
    int tag = in.readByte();
    if (tag < WITHOUT_TAIL || tag > PAUSED) {
      throw NewerSchemaException.unknown(
          "the kind of a step that is " + status + ", stored with the tag " + tag);
    }
    return tag;
  }

  private static Outside readOutside(ByteReader in, int tag) {
    return new Outside(
        readAttempts(in),
        readAttempts(in),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readNullableText(),
        tag == VERSIONED || tag == KEYED ? readRuns(in) : List.of(),
        tag == KEYED ? readKeys(in) : List.of());
  }

  private static Attempts readAttempts(ByteReader in) {
    return Attempts.of(in.readInt(), in.readInt(), in.readInt());
  }

  /** Reads a step as it was stored before steps were blocks: all its fields in one row. */
  static StepState readRow(ByteReader in, Map<String, byte[]> contents) {
    StepStatus status = StoredCodes.STEP_STATUSES.valueOf(in.readByte());
    if (!in.readBoolean()) {
      return StepState.PENDING;
    }
    StepEffect effect = StoredCodes.STEP_EFFECTS.valueOf(in.readByte());
    int generation = in.readInt();
    int doSent = in.readInt();
    int doBase = in.readInt();
    int undoSent = in.readInt();
    int undoBase = in.readInt();
    Attempts doing = Attempts.of(doSent, doBase, in.readInt());
    Attempts undoing = Attempts.of(undoSent, undoBase, in.readInt());
    int openAttempt = in.readInt();
    int succeededAttempt = in.readInt();
    int armedTurn = in.readInt();
    long dueAt = in.readNumber();
    long startedAt = in.readNumber();
    long endedAt = in.readNumber();
    Content result = ContentCodec.read(in, contents);
    Content input = ContentCodec.read(in, contents);
    Content undoInput = ContentCodec.read(in, contents);
    String error = in.readNullableText();
    String worker = in.readNullableText();
    return new StepState(
        status,
        effect,
        generation,
        dueAt,
        startedAt,
        endedAt,
        result,
        input,
        undoInput,
        error,
        outside(doing, undoing, openAttempt, succeededAttempt, armedTurn, worker));
  }

  /** The shared {@link Outside#NONE} when nothing was sent. */
  private static Outside outside(
      Attempts doing,
      Attempts undoing,
      int openAttempt,
      int succeededAttempt,
      int armedTurn,
      @Nullable String worker) {
    Outside outside = new Outside(doing, undoing, openAttempt, succeededAttempt, armedTurn, worker);
    return outside.equals(Outside.NONE) ? Outside.NONE : outside;
  }
}
