package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one row after another without copying it. Valid only while its row is visited, under the
 * lock of the row's segment. Not thread-safe.
 */
public final class RowCursor {

  static final int WITH_EFFECT = 1 << 5;
  static final int WITH_MORE = 1 << 6;
  static final int ASKED = 1 << 7;
  private static final int STATUS_MASK = 0x1F;
  private static final StepStatus[] STEP_STATUSES = StepStatus.values();

  private final Dictionary<IndexedDefinition> definitions;
  private final Dictionary<String> workers;
  private final Dictionary<ErrorGroup> errorGroups;

  private Segment segment = new Segment();
  private int row;
  private byte[] bytes = segment.bytes;
  private int at;

  /** Where the next step's status stands; what else there is of it stands at {@link #at}. */
  private int statusAt;

  // The step that was read last.
  private StepStatus stepStatus = StepStatus.PENDING;
  private boolean stepHasEffect;
  private int stepDoSent;
  private int stepUndoSent;
  private int stepWorker;
  private int stepVersion;
  private long stepStartedAt;
  private long stepEndedAt;
  private long stepDueAt;

  RowCursor(
      Dictionary<IndexedDefinition> definitions,
      Dictionary<String> workers,
      Dictionary<ErrorGroup> errorGroups) {
    this.definitions = definitions;
    this.workers = workers;
    this.errorGroups = errorGroups;
  }

  void enter(Segment other) {
    segment = other;
    bytes = other.bytes;
  }

  void moveTo(int other) {
    row = other;
  }

  private int flags() {
    return segment.flags[row];
  }

  public FlowStatus status() {
    return Flags.status(flags());
  }

  public @Nullable ParkReason parkReason() {
    return Flags.parkReason(flags());
  }

  /** Whether it is a part of another flow. */
  public boolean isPart() {
    return Flags.has(flags(), Flags.IS_PART);
  }

  /** Whether it is a part on which nobody has to act: lists and figures of flows leave it out. */
  public boolean isHiddenPart() {
    return Flags.isHiddenPart(flags());
  }

  /** The flowId of the flow that it is a part of; null for a flow that stands alone. */
  public @Nullable String parent() {
    if (!isPart()) {
      return null;
    }
    toSearchValue();
    skipNullableText();
    skipOrchestration();
    return readText();
  }

  /** Whether it is a part of the flow with this flowId. */
  public boolean isPartOf(byte[] parent) {
    if (!isPart()) {
      return false;
    }
    toSearchValue();
    skipNullableText();
    skipOrchestration();
    int length = readInt();
    return length == parent.length
        && Arrays.equals(bytes, at, at + length, parent, 0, parent.length);
  }

  public boolean isPaused() {
    return Flags.has(flags(), Flags.PAUSED);
  }

  public boolean isInDoubt() {
    return Flags.has(flags(), Flags.IN_DOUBT);
  }

  public boolean hasLeftStanding() {
    return Flags.has(flags(), Flags.LEFT_STANDING);
  }

  public boolean hasErrors() {
    return Flags.has(flags(), Flags.HAS_ERRORS);
  }

  public boolean hasTasks() {
    return Flags.has(flags(), Flags.HAS_TASKS);
  }

  /** Whether the row shows a flow that the engine still has, as far as that was read. */
  public boolean isLive() {
    return !Flags.has(flags(), Flags.ENDED) && !Flags.has(flags(), Flags.LEAVING);
  }

  /** Whether the flow is in one of so many parts, into which all flows are divided evenly. */
  public boolean isInSlice(int slice, int slices) {
    return Math.floorMod(flowIdHash(), slices) == slice;
  }

  /** The number of the definition, which is smaller than {@link FlowColumns#definitions}. */
  public int definitionNumber() {
    return segment.definition[row];
  }

  public IndexedDefinition definition() {
    int number = segment.definition[row];
    if (number != FlowColumns.UNREGISTERED) {
      return definitions.get(number);
    }
    toSearchValue();
    skipNullableText();
    return new IndexedDefinition(readText(), null);
  }

  public long startedAt() {
    return segment.startedAt[row];
  }

  public long updatedAt() {
    return segment.updatedAt[row];
  }

  public long endedAt() {
    return segment.endedAt[row];
  }

  public long dueAt() {
    return segment.dueAt[row];
  }

  /** Since when it has its status, as far as that was seen, ms since the epoch. */
  public long statusSince() {
    return segment.statusSince[row];
  }

  public int transitions() {
    return segment.transitions[row];
  }

  /** The number of the group of its error, or 0. */
  public int errorGroupNumber() {
    return segment.errorGroup[row];
  }

  public @Nullable ErrorGroup errorGroup() {
    int number = errorGroupNumber();
    return number == 0 ? null : errorGroups.get(number);
  }

  public String flowId() {
    toFlowId();
    return readText();
  }

  /** Whether the flowId begins with this. */
  public boolean hasFlowIdPrefix(byte[] prefix) {
    toFlowId();
    int length = readInt();
    return length >= prefix.length
        && Arrays.equals(bytes, at, at + prefix.length, prefix, 0, prefix.length);
  }

  boolean isFlowId(byte[] flowId) {
    toFlowId();
    int length = readInt();
    return length == flowId.length
        && Arrays.equals(bytes, at, at + length, flowId, 0, flowId.length);
  }

  int flowIdHash() {
    toFlowId();
    int length = readInt();
    return RowDirectory.hash(bytes, at, at + length);
  }

  public @Nullable String searchValue() {
    toSearchValue();
    return readNullableText();
  }

  /** Whether this is exactly the search value. */
  public boolean isSearchValue(byte[] value) {
    toSearchValue();
    int length = readInt() - 1;
    return length == value.length && Arrays.equals(bytes, at, at + length, value, 0, value.length);
  }

  /** Whether flowId or search value contains the text, in lower or upper case. */
  public boolean contains(SearchText text) {
    toFlowId();
    int length = readInt();
    int end = at + length;
    if (text.isIn(bytes, at, end)) {
      return true;
    }
    at = end;
    int rest = readInt() - 1;
    return rest > 0 && text.isIn(bytes, at, at + rest);
  }

  /** Moves in front of the first step. */
  public int steps() {
    toSearchValue();
    skipNullableText();
    skipName();
    return toSteps();
  }

  private int toSteps() {
    int size = readInt();
    statusAt = at;
    at += size;
    return size;
  }

  /** Whether a step has one of these statuses, which are bits by their ordinals. */
  public boolean hasStepIn(int statuses) {
    return (segment.stepStatuses[row] & statuses) != 0;
  }

  /** The bit of the status of a step ahead, counted from the next one. */
  public int statusBitOf(int ahead) {
    return 1 << (bytes[statusAt + ahead] & STATUS_MASK);
  }

  private void skipName() {
    skipOrchestration();
    if (isPart()) {
      skip(readInt());
    }
  }

  private void skipOrchestration() {
    if (segment.definition[row] == FlowColumns.UNREGISTERED) {
      skip(readInt());
    }
  }

  /** Reads the next step, which must exist. */
  public void nextStep() {
    int first = bytes[statusAt++];
    stepStatus = STEP_STATUSES[first & STATUS_MASK];
    stepHasEffect = (first & WITH_EFFECT) != 0;
    if ((first & WITH_MORE) == 0) {
      stepDoSent = 0;
      stepUndoSent = 0;
      stepWorker = 0;
      stepVersion = 0;
      stepStartedAt = 0;
      stepEndedAt = 0;
      stepDueAt = 0;
      return;
    }
    stepDoSent = readInt();
    stepUndoSent = readInt();
    stepWorker = readInt();
    stepVersion = readInt();
    stepStartedAt = readTime();
    stepEndedAt = readTime();
    stepDueAt = (first & ASKED) != 0 ? readTime() : 0;
  }

  public StepStatus stepStatus() {
    return stepStatus;
  }

  public int stepDoSent() {
    return stepDoSent;
  }

  public int stepUndoSent() {
    return stepUndoSent;
  }

  /** When its first command was sent, ms since the epoch; 0 for none. */
  public long stepStartedAt() {
    return stepStartedAt;
  }

  public int stepSent() {
    return stepDoSent + stepUndoSent;
  }

  /** When the command times out whose answer is awaited, ms since the epoch; 0 for none. */
  public long answerDueAt() {
    return stepDueAt;
  }

  /** The partition of its records, which is that of its flow. */
  public int partition() {
    return FlowRow.RecordPlace.unpacked(segment.source[row]).partition();
  }

  public long stepEndedAt() {
    return stepEndedAt;
  }

  /** Whether this service answered the step last. */
  public boolean isStepWorker(String worker) {
    return stepWorker > 0 && workers.get(stepWorker).equals(worker);
  }

  public @Nullable String stepWorker() {
    return stepWorker == 0 ? null : workers.get(stepWorker);
  }

  /** Whether the service that answered the step last gave this version. */
  public boolean isStepVersion(String version) {
    return stepVersion > 0 && workers.get(stepVersion).equals(version);
  }

  /** Whether it is a flow of a set. */
  public boolean isIn(FlowSet set) {
    toFlowId();
    int length = readInt();
    return set.contains(bytes, at, at + length);
  }

  /** The version that the service gave. */
  public @Nullable String stepVersion() {
    return stepVersion == 0 ? null : workers.get(stepVersion);
  }

  private StepRow step() {
    nextStep();
    return new StepRow(
        stepStatus,
        stepHasEffect,
        stepDoSent,
        stepUndoSent,
        stepStartedAt,
        stepEndedAt,
        stepWorker());
  }

  /** Whether one of its errors contains the text, in lower or upper case. */
  public boolean hasError(SearchText text) {
    if (!hasErrors()) {
      return false;
    }
    toErrors();
    readTime();
    int texts = readInt();
    for (int i = 0; i < texts; i++) {
      int length = readInt();
      if (text.isIn(bytes, at, at + length)) {
        return true;
      }
      at += length;
    }
    return false;
  }

  /** When its open or last error came, ms since the epoch; 0 for none. */
  public long errorAt() {
    if (!hasErrors()) {
      return 0;
    }
    toErrors();
    return readTime();
  }

  /** Its open tasks. */
  public List<TaskRow> tasks() {
    if (!hasTasks()) {
      return List.of();
    }
    toErrors();
    if (hasErrors()) {
      readTime();
      int texts = readInt();
      for (int i = 0; i < texts; i++) {
        skip(readInt());
      }
    }
    int size = readInt();
    List<TaskRow> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int step = readInt();
      String title = readText();
      String assignee = readNullableText();
      int candidates = readInt();
      List<String> names = new ArrayList<>(candidates);
      for (int j = 0; j < candidates; j++) {
        names.add(readText());
      }
      tasks.add(
          new TaskRow(step, title, assignee, names, readNumber(), readNumber(), readNumber()));
    }
    return tasks;
  }

  /** A copy that outlives the visit. */
  public FlowRow copy() {
    IndexedDefinition definition = definition();
    toFlowId();
    String flowId = readText();
    String searchValue = readNullableText();
    skipOrchestration();
    String parent = isPart() ? readText() : null;
    int size = toSteps();
    List<StepRow> steps = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      steps.add(step());
    }
    long errorAt = 0;
    String error = null;
    if (hasErrors()) {
      errorAt = readTime();
      error = readInt() == 0 ? null : readText();
    }
    int flags = flags();
    return new FlowRow(
        flowId,
        definition,
        Flags.status(flags),
        Flags.parkReason(flags),
        isPaused(),
        isInDoubt(),
        Flags.has(flags, Flags.ENDED),
        FlowRow.RecordPlace.unpacked(segment.source[row]),
        searchValue,
        parent,
        startedAt(),
        updatedAt(),
        endedAt(),
        dueAt(),
        transitions(),
        errorGroup(),
        error,
        errorAt,
        steps);
  }

  private void toFlowId() {
    at = segment.begin[row];
  }

  private void toSearchValue() {
    toFlowId();
    skip(readInt());
  }

  private void toErrors() {
    int size = steps();
    for (int i = 0; i < size; i++) {
      nextStep();
    }
  }

  private void skip(int length) {
    at += length;
  }

  private int readInt() {
    return (int) readNumber();
  }

  private long readNumber() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = bytes[at++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  /** A time as it was written: relative to the start, one more than it is, 0 for none. */
  private long readTime() {
    long delta = readNumber();
    return delta == 0 ? 0 : startedAt() + delta - 1;
  }

  private String readText() {
    return text(readInt());
  }

  private @Nullable String readNullableText() {
    int length = readInt();
    return length == 0 ? null : text(length - 1);
  }

  private String text(int length) {
    String text = new String(bytes, at, length, UTF_8);
    at += length;
    return text;
  }

  private void skipNullableText() {
    int length = readInt();
    skip(length == 0 ? 0 : length - 1);
  }

  /** Some flows, by their ids. */
  @FunctionalInterface
  public interface FlowSet {

    /** Whether the flowId that stands there is one of them. */
    boolean contains(byte[] bytes, int from, int to);
  }
}
