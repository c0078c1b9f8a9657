package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.index.FlowRow.RecordPlace;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowFront.StepFront;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The flows of the index: one row each, in columns. Live and ended states come from two topics, in
 * any order between them, and the row shows the newer one. At the limit the flows that ended first
 * make room, then those that simply run forward. A flow that may need an operator (parked, paused,
 * undoing, in doubt, waiting) is never dropped, not even beyond the limit. One thread writes, any
 * may read.
 */
@SuppressWarnings("EnumOrdinal") // Rows outlive no release: a snapshot names the enums it holds.
public final class FlowColumns {

  /** The heap that a flow takes, as measured; see docs/performance.md. */
  public static final int BYTES_PER_FLOW = 200;

  /** The number of {@link IndexedDefinition#UNREGISTERED}. */
  static final int UNREGISTERED = 0;

  private static final int LONGEST_ERROR = 512;
  private static final int LONGEST_WORKER = 200;

  /** So many services and versions of them are told apart; the others count as one. */
  private static final int MOST_WORKERS = 10_000;

  private final int limit;
  private final Duration retention;
  private final LongSupplier clock;
  private final StepNames stepNames;

  private final List<Segment> segments = new CopyOnWriteArrayList<>();
  private final Dictionary<IndexedDefinition> definitions = new Dictionary<>();
  private final Dictionary<String> workers = new Dictionary<>();
  private final ErrorGroups errorGroups = new ErrorGroups();
  private final FlowCounts counts = new FlowCounts();

  /** Guards the directory; taken before the lock of a segment. */
  private final ReentrantReadWriteLock directoryLock = new ReentrantReadWriteLock();

  private final RowDirectory directory;

  // Of the writing thread only.
  private final RowCursor own = cursor();
  private final RowWriter content = new RowWriter();
  private final EndQueue ends = new EndQueue();
  private int[] free = new int[16];
  private int freeSize;
  private int endedRows;
  private int runningRows;
  private int evictionHand;

  private volatile int size;
  private volatile boolean overflowed;

  /** Flows that started before may be missing, ms since the epoch. */
  private volatile long lostBefore;

  /**
   * @param limit the most flows that are kept, but for those that may need an operator
   * @param retention how long ended flows are kept
   * @param clock ms since the epoch
   */
  public FlowColumns(int limit, Duration retention, LongSupplier clock, StepNames stepNames) {
    this.limit = limit;
    this.retention = retention;
    this.clock = clock;
    this.stepNames = stepNames;
    this.directory = new RowDirectory(this::hashOf);
    workers.add("");
    definitions.add(IndexedDefinition.UNREGISTERED);
  }

  private RowCursor cursor() {
    return new RowCursor(definitions, workers, errorGroups.dictionary());
  }

  /** How a record has changed the rows. */
  public enum Change {
    /** The flow, or this life of its flowId, was not there. */
    NEW,
    /** The flow was there, and was not parked; now it is. */
    PARKED,
    /** A new flow that is parked already. */
    NEW_PARKED,
    OTHER,
    /** A newer state is there, or there was no room. */
    NONE
  }

  /** Takes the live state of a flow. */
  public Change putLive(FlowFront front, int partition, long offset) {
    return put(front, false, new RecordPlace(partition, offset));
  }

  /** Takes the archived state of an ended flow. */
  public Change putEnded(FlowFront front, int partition, long offset) {
    return put(front, true, new RecordPlace(partition, offset));
  }

  private Change put(FlowFront front, boolean ended, RecordPlace source) {
    FlowHead head = front.head();
    byte[] flowId = head.flowId().getBytes(UTF_8);
    int row = rowOf(flowId);
    boolean isNew = row < 0;
    boolean isNewLife = isNew;
    boolean wasParked = false;
    long statusSince = head.updatedAt();
    if (isNew) {
      boolean attention = !ended && needsAttention(front);
      if (!makeRoom(ended ? head.endedAt() : Long.MAX_VALUE, attention)) {
        lose(head.startedAt());
        return Change.NONE;
      }
    } else {
      Segment segment = segment(row);
      int place = place(row);
      if (!replaces(head, ended, segment, place)) {
        return Change.NONE;
      }
      isNewLife = segment.incarnation[place] != hash64(head.incarnation());
      FlowStatus before = Flags.status(segment.flags[place]);
      wasParked = before == FlowStatus.PARKED && !isNewLife;
      if (before == head.status() && !isNewLife) {
        statusSince = segment.statusSince[place];
      }
    }
    // Everything that may fail comes before the row is touched.
    int definition =
        head.definition() == null
            ? UNREGISTERED
            : definitions.add(new IndexedDefinition(head.orchestrationName(), head.definition()));
    OpenError error = OpenError.of(front);
    int group = error == null || !error.isIncident(head.status()) ? 0 : group(head, error);
    int flags = writeContent(front, flowId, ended, error);
    if (isNew) {
      row = takeRow();
    } else {
      uncount(row);
    }
    Segment segment = segment(row);
    int place = place(row);
    segment.lock.writeLock().lock();
    try {
      segment.write(place, content);
      segment.definition[place] = definition;
      segment.flags[place] = flags;
      segment.startedAt[place] = head.startedAt();
      segment.updatedAt[place] = head.updatedAt();
      segment.endedAt[place] = head.endedAt();
      segment.dueAt[place] = ended ? 0 : dueAt(front);
      segment.statusSince[place] = statusSince;
      segment.incarnation[place] = hash64(head.incarnation());
      segment.transitions[place] = head.transitions();
      segment.source[place] = source.packed();
      segment.errorGroup[place] = group;
    } finally {
      segment.lock.writeLock().unlock();
    }
    count(row);
    if (isNew) {
      addToDirectory(flowId, row);
    }
    if (ended) {
      ends.add(head.endedAt(), row);
      dropExpired();
      trimEnds();
    }
    boolean parks = head.status() == FlowStatus.PARKED && !wasParked;
    if (isNewLife) {
      return parks ? Change.NEW_PARKED : Change.NEW;
    }
    return parks ? Change.PARKED : Change.OTHER;
  }

  /** The live state was removed: the flow has ended. */
  public void left(String flowId) {
    int row = rowOf(flowId.getBytes(UTF_8));
    if (row < 0) {
      return;
    }
    Segment segment = segment(row);
    int place = place(row);
    int flags = segment.flags[place];
    if (!Flags.has(flags, Flags.ENDED)) {
      setFlags(segment, place, flags | Flags.LEAVING);
    }
  }

  private static void setFlags(Segment segment, int place, int flags) {
    segment.lock.writeLock().lock();
    try {
      segment.flags[place] = flags;
    } finally {
      segment.lock.writeLock().unlock();
    }
  }

  private static boolean replaces(FlowHead head, boolean ended, Segment segment, int place) {
    int flags = segment.flags[place];
    boolean shownEnded = Flags.has(flags, Flags.ENDED);
    if (shownEnded == ended || Flags.has(flags, Flags.LEAVING)) {
      return true;
    }
    boolean sameLife = segment.incarnation[place] == hash64(head.incarnation());
    long mine = sameLife ? head.transitions() : head.startedAt();
    long shown = sameLife ? segment.transitions[place] : segment.startedAt[place];
    // An end wins a tie: nothing has happened since.
    return ended ? mine >= shown : mine > shown;
  }

  private int group(FlowHead head, OpenError error) {
    String step = "";
    if (error.step() != OpenError.NO_STEP) {
      step =
          head.definition() == null
              ? "#" + (error.step() + 1)
              : stepNames.name(head.definition(), error.step());
    }
    String orchestration =
        head.definition() == null
            ? IndexedDefinition.UNREGISTERED.orchestration()
            : head.orchestrationName();
    return errorGroups.add(orchestration, step, error.action(), error.kind(), error.texts().get(0));
  }

  private static boolean needsAttention(FlowFront front) {
    FlowHead head = front.head();
    if (head.status() != FlowStatus.IN_PROGRESS || head.paused()) {
      return true;
    }
    for (StepFront step : front.steps()) {
      if (step.status() == StepStatus.IN_DOUBT || step.status() == StepStatus.WAITING) {
        return true;
      }
    }
    return false;
  }

  private static long dueAt(FlowFront front) {
    long due = front.head().deadlineAt() == 0 ? Long.MAX_VALUE : front.head().deadlineAt();
    for (StepFront step : front.steps()) {
      if (step.dueAt() > 0 && step.dueAt() < due) {
        due = step.dueAt();
      }
    }
    return due == Long.MAX_VALUE ? 0 : due;
  }

  /** Writes what differs in length; returns the flags. */
  private int writeContent(
      FlowFront front, byte[] flowId, boolean ended, @Nullable OpenError error) {
    FlowHead head = front.head();
    long start = head.startedAt();
    content.clear();
    content.writeText(flowId);
    content.writeNullableText(head.searchValue());
    if (head.definition() == null) {
      content.writeText(head.orchestrationName());
    }
    content.writeNumber(front.steps().size());
    boolean inDoubt = head.parkReason() == ParkReason.PIVOT_IN_DOUBT;
    boolean mayStand = false;
    int openTasks = 0;
    for (StepFront step : front.steps()) {
      writeStep(step, start);
      inDoubt |= step.status() == StepStatus.IN_DOUBT;
      mayStand |= step.effect().mayExist();
      openTasks += isOpenTask(step) ? 1 : 0;
    }
    int flags = Flags.of(head.status(), head.parkReason());
    flags |= head.paused() ? Flags.PAUSED : 0;
    flags |= ended ? Flags.ENDED : 0;
    flags |= inDoubt && !ended ? Flags.IN_DOUBT : 0;
    flags |= !ended && needsAttention(front) ? Flags.NEEDS_ATTENTION : 0;
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

  private void writeStep(StepFront step, long start) {
    int first = step.status().ordinal() | (step.effect().mayExist() ? RowCursor.WITH_EFFECT : 0);
    boolean hasMore = step.doSent() > 0 || step.undoSent() > 0 || step.startedAt() > 0;
    boolean isAsked = hasMore && step.isAsked() && step.dueAt() > 0;
    first |= isAsked ? RowCursor.ASKED : 0;
    content.writeByte(first | (hasMore ? RowCursor.WITH_MORE : 0));
    if (hasMore) {
      content.writeNumber(step.doSent());
      content.writeNumber(step.undoSent());
      content.writeNumber(step.worker() == null ? 0 : worker(step.worker()));
      content.writeNumber(step.workerVersion() == null ? 0 : worker(step.workerVersion()));
      writeTime(step.startedAt(), start);
      writeTime(step.endedAt(), start);
      if (isAsked) {
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

  /** Incarnations are hashes in hexadecimal digits, of which half is enough. */
  static long hash64(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  // Rows.

  private Segment segment(int row) {
    return segments.get(row >>> Segment.BITS);
  }

  private static int place(int row) {
    return row & (Segment.MOST_ROWS - 1);
  }

  private void visit(RowCursor cursor, int row) {
    cursor.enter(segment(row));
    cursor.moveTo(place(row));
  }

  /** For the directory, by the writing thread. */
  private int hashOf(int row) {
    visit(own, row);
    return own.flowIdHash();
  }

  private int rowOf(byte[] flowId) {
    return directory.find(
        RowDirectory.hash(flowId, 0, flowId.length),
        row -> {
          visit(own, row);
          return own.isFlowId(flowId);
        });
  }

  private void addToDirectory(byte[] flowId, int row) {
    directoryLock.writeLock().lock();
    try {
      directory.add(RowDirectory.hash(flowId, 0, flowId.length), row);
    } finally {
      directoryLock.writeLock().unlock();
    }
    size = directory.size();
  }

  private int takeRow() {
    if (freeSize > 0) {
      return free[--freeSize];
    }
    if (segments.isEmpty() || segments.get(segments.size() - 1).isFull()) {
      segments.add(new Segment());
    }
    int last = segments.size() - 1;
    Segment segment = segments.get(last);
    segment.lock.writeLock().lock();
    try {
      return (last << Segment.BITS) | segment.append();
    } finally {
      segment.lock.writeLock().unlock();
    }
  }

  private void drop(int row) {
    uncount(row);
    directoryLock.writeLock().lock();
    try {
      directory.remove(row);
    } finally {
      directoryLock.writeLock().unlock();
    }
    size = directory.size();
    Segment segment = segment(row);
    segment.lock.writeLock().lock();
    try {
      segment.free(place(row));
    } finally {
      segment.lock.writeLock().unlock();
    }
    release(row);
  }

  private void count(int row) {
    change(row, 1);
  }

  private void uncount(int row) {
    change(row, -1);
  }

  private void change(int row, int by) {
    Segment segment = segment(row);
    int flags = segment.flags[place(row)];
    counts.change(definitions.get(segment.definition[place(row)]).orchestration(), flags, by);
    if (Flags.has(flags, Flags.ENDED)) {
      endedRows += by;
    } else if (!Flags.has(flags, Flags.NEEDS_ATTENTION)) {
      runningRows += by;
    }
  }

  // What leaves.

  /**
   * @param endedAt when the flow to be put ended
   */
  private boolean makeRoom(long endedAt, boolean attention) {
    if (size < limit) {
      return true;
    }
    overflowed = true;
    if (endedRows > 0 && toFirstEnd() && ends.firstAt() <= endedAt) {
      int row = ends.firstRow();
      ends.removeFirst();
      lose(segment(row).startedAt[place(row)]);
      drop(row);
      return true;
    }
    if (!attention) {
      return false;
    }
    if (runningRows > 0) {
      int row = nextRunning();
      lose(segment(row).startedAt[place(row)]);
      drop(row);
    }
    return true;
  }

  private void lose(long startedAt) {
    overflowed = true;
    lostBefore = Math.max(lostBefore, startedAt + 1);
  }

  /** Some row that simply runs forward; there is one. */
  private int nextRunning() {
    int rows = rows();
    while (true) {
      int row = evictionHand++ % rows;
      Segment segment = segment(row);
      int place = place(row);
      if (segment.definition[place] != Segment.FREE
          && (segment.flags[place] & (Flags.ENDED | Flags.NEEDS_ATTENTION)) == 0) {
        evictionHand = (row + 1) % rows;
        return row;
      }
    }
  }

  private int rows() {
    int last = segments.size() - 1;
    return last < 0 ? 0 : (last << Segment.BITS) + segments.get(last).used;
  }

  /** Whether an ended flow stands first in the queue, once those that do not count are gone. */
  private boolean toFirstEnd() {
    while (!ends.isEmpty()) {
      Segment segment = segment(ends.firstRow());
      int place = place(ends.firstRow());
      if (segment.definition[place] != Segment.FREE
          && Flags.has(segment.flags[place], Flags.ENDED)
          && segment.endedAt[place] == ends.firstAt()) {
        return true;
      }
      ends.removeFirst();
    }
    return false;
  }

  private void dropExpired() {
    long oldestKept = clock.getAsLong() - retention.toMillis();
    while (endedRows > 0 && !ends.isEmpty() && ends.firstAt() < oldestKept && toFirstEnd()) {
      if (ends.firstAt() >= oldestKept) {
        return;
      }
      int row = ends.firstRow();
      ends.removeFirst();
      drop(row);
    }
  }

  /** Makes the queue anew when most of what stands in it does not count any more. */
  private void trimEnds() {
    if (ends.size() > 2 * endedRows + 1_024) {
      ends.clear();
      forEachRow(
          (row, flags) -> {
            if (Flags.has(flags, Flags.ENDED)) {
              ends.add(segment(row).endedAt[place(row)], row);
            }
          });
    }
  }

  private interface RowAction {
    void accept(int row, int flags);
  }

  private void forEachRow(RowAction action) {
    int rows = rows();
    for (int row = 0; row < rows; row++) {
      Segment segment = segment(row);
      int place = place(row);
      if (segment.definition[place] != Segment.FREE) {
        action.accept(row, segment.flags[place]);
      }
    }
  }

  /** Drops the ended flows whose record the archive no longer has. */
  public void dropArchivedBefore(int partition, long logStart) {
    keepHouse(Map.of(partition, logStart));
  }

  /**
   * Drops, in one pass, the ended flows whose record the archive no longer has.
   *
   * @param logStarts the first offset of each partition of the archive
   */
  public void keepHouse(Map<Integer, Long> logStarts) {
    BitSet used = new BitSet();
    forEachRow(
        (row, flags) -> {
          Segment segment = segment(row);
          RecordPlace source = RecordPlace.unpacked(segment.source[place(row)]);
          if (Flags.has(flags, Flags.ENDED)
              && source.offset() < logStarts.getOrDefault(source.partition(), 0L)) {
            drop(row);
          } else {
            used.set(segment.errorGroup[place(row)]);
          }
        });
    if (errorGroups.isFull()) {
      errorGroups.keepOnly(used);
    }
    dropExpired();
  }

  /**
   * Everything that was there has been read, so a flow that was removed and whose end was not found
   * is no longer kept.
   */
  public void dropLeaving() {
    forEachRow(
        (row, flags) -> {
          if (Flags.has(flags, Flags.LEAVING)) {
            drop(row);
          }
        });
  }

  /** Drops the flows that were leaving the last time this was called, and still are. */
  public void dropLeavingSinceLong() {
    forEachRow(
        (row, flags) -> {
          if (Flags.has(flags, Flags.LEAVING_SINCE_LONG)) {
            drop(row);
          } else if (Flags.has(flags, Flags.LEAVING)) {
            setFlags(segment(row), place(row), flags | Flags.LEAVING_SINCE_LONG);
          }
        });
  }

  /** Drops everything. */
  public void clear() {
    directoryLock.writeLock().lock();
    try {
      directory.clear();
      segments.clear();
    } finally {
      directoryLock.writeLock().unlock();
    }
    counts.clear();
    ends.clear();
    freeSize = 0;
    endedRows = 0;
    runningRows = 0;
    evictionHand = 0;
    size = 0;
    overflowed = false;
    lostBefore = 0;
  }

  /**
   * Flows that ended before this time may be missing: what stands before in the archive is not
   * read.
   */
  public void leaveOutBefore(long at) {
    lose(at);
  }

  // Snapshots.

  /**
   * Writes everything. Any thread may; the rows are those of different moments, one segment after
   * the other.
   */
  void write(DataOutputStream out) throws IOException {
    out.writeBoolean(overflowed);
    out.writeLong(lostBefore);
    List<Segment> all = new ArrayList<>(segments);
    out.writeInt(all.size());
    for (Segment segment : all) {
      // Copied under the lock and written without it: a disk may be slow.
      ByteArrayOutputStream copy = new ByteArrayOutputStream(1 << 16);
      segment.lock.readLock().lock();
      try {
        segment.write(new DataOutputStream(copy));
      } finally {
        segment.lock.readLock().unlock();
      }
      copy.writeTo(out);
    }
    // After the rows, so that every number in a row has its value.
    List<IndexedDefinition> known = definitions.all();
    out.writeInt(known.size());
    for (IndexedDefinition definition : known) {
      out.writeUTF(definition.orchestration());
      DefinitionId id = definition.id();
      out.writeUTF(id == null ? "" : id.hash());
    }
    List<String> services = workers.all();
    out.writeInt(services.size());
    for (String service : services) {
      out.writeUTF(service);
    }
    List<ErrorGroup> groups = errorGroups.dictionary().all();
    out.writeInt(groups.size());
    for (ErrorGroup group : groups) {
      out.writeUTF(group.fingerprint());
      out.writeUTF(group.orchestration());
      out.writeUTF(group.step());
      out.writeUTF(group.action());
      out.writeUTF(group.kind());
      out.writeUTF(group.template());
    }
  }

  /** Reads everything into columns that are empty, by the writing thread. */
  void read(DataInputStream in) throws IOException {
    overflowed = in.readBoolean();
    lostBefore = in.readLong();
    List<Segment> read = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      read.add(Segment.read(in));
    }
    int[] definitionNumbers = new int[in.readInt()];
    for (int i = 0; i < definitionNumbers.length; i++) {
      String orchestration = in.readUTF();
      String hash = in.readUTF();
      definitionNumbers[i] =
          hash.isEmpty()
              ? UNREGISTERED
              : definitions.add(
                  new IndexedDefinition(orchestration, new DefinitionId(orchestration, hash)));
    }
    readWorkers(in);
    ErrorGroup[] groups = new ErrorGroup[in.readInt()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] =
          new ErrorGroup(
              in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
    }
    for (Segment segment : read) {
      for (int place = 0; place < segment.used; place++) {
        if (segment.definition[place] != Segment.FREE) {
          segment.definition[place] = definitionNumbers[segment.definition[place]];
          int group = segment.errorGroup[place];
          segment.errorGroup[place] = group == 0 ? 0 : errorGroups.add(groups[group]);
        }
      }
    }
    segments.addAll(read);
    for (int row = rows() - 1; row >= 0; row--) {
      restore(row);
    }
    size = directory.size();
    while (size > limit && endedRows > 0 && toFirstEnd()) {
      int row = ends.firstRow();
      ends.removeFirst();
      lose(segment(row).startedAt[place(row)]);
      drop(row);
    }
  }

  /** Rows hold the numbers of services in their bytes, so these must be given anew. */
  private void readWorkers(DataInputStream in) throws IOException {
    if (workers.size() > 1) {
      throw new IOException("the index has been filled already");
    }
    for (int count = in.readInt(); count > 0; count--) {
      workers.add(in.readUTF());
    }
  }

  private void restore(int row) {
    Segment segment = segment(row);
    int place = place(row);
    if (segment.definition[place] == Segment.FREE) {
      release(row);
      return;
    }
    // A flow that was dropped and came back while its file was written stands there twice.
    visit(own, row);
    int other = rowOf(own.flowId().getBytes(UTF_8));
    if (other >= 0 && isNewer(other, row)) {
      segment.free(place);
      release(row);
      return;
    }
    if (other >= 0) {
      drop(other);
    }
    directoryLock.writeLock().lock();
    try {
      directory.add(hashOf(row), row);
    } finally {
      directoryLock.writeLock().unlock();
    }
    count(row);
    if (Flags.has(segment.flags[place], Flags.ENDED)) {
      ends.add(segment.endedAt[place], row);
    }
  }

  /** Whether the first of two rows of one flow shows it as late as the second, or later. */
  private boolean isNewer(int first, int second) {
    Segment one = segment(first);
    Segment two = segment(second);
    return one.incarnation[place(first)] == two.incarnation[place(second)]
        ? one.transitions[place(first)] >= two.transitions[place(second)]
        : one.startedAt[place(first)] >= two.startedAt[place(second)];
  }

  private void release(int row) {
    if (freeSize == free.length) {
      free = Arrays.copyOf(free, 2 * freeSize);
    }
    free[freeSize++] = row;
  }

  // Reads.

  public int size() {
    return size;
  }

  /** Whether flows were left out, or dropped before their time. */
  public boolean overflowed() {
    return overflowed;
  }

  /** Every flow that started since then is here, unless it has expired; ms since the epoch. */
  public long reachesBackTo() {
    return Math.max(lostBefore, clock.getAsLong() - retention.toMillis());
  }

  public Optional<FlowRow> find(String flowId) {
    byte[] id = flowId.getBytes(UTF_8);
    RowCursor cursor = cursor();
    directoryLock.readLock().lock();
    try {
      int row =
          directory.find(
              RowDirectory.hash(id, 0, id.length),
              candidate ->
                  locked(
                      candidate,
                      () -> {
                        visit(cursor, candidate);
                        return cursor.isFlowId(id);
                      }));
      if (row < 0) {
        return Optional.empty();
      }
      return Optional.of(
          locked(
              row,
              () -> {
                visit(cursor, row);
                return cursor.copy();
              }));
    } finally {
      directoryLock.readLock().unlock();
    }
  }

  private <T> T locked(int row, Supplier<T> read) {
    Segment segment = segment(row);
    segment.lock.readLock().lock();
    try {
      return read.get();
    } finally {
      segment.lock.readLock().unlock();
    }
  }

  /** Visits all rows, those of the flows that came last first, a segment under one lock. */
  public void forEach(Consumer<RowCursor> visitor) {
    RowCursor cursor = cursor();
    List<Segment> all = new ArrayList<>(segments);
    for (int i = all.size() - 1; i >= 0; i--) {
      Segment segment = all.get(i);
      segment.lock.readLock().lock();
      try {
        cursor.enter(segment);
        for (int place = segment.used - 1; place >= 0; place--) {
          if (segment.definition[place] != Segment.FREE) {
            cursor.moveTo(place);
            visitor.accept(cursor);
          }
        }
      } finally {
        segment.lock.readLock().unlock();
      }
    }
  }

  /** The number of definitions that rows may name. */
  public int definitions() {
    return definitions.size();
  }

  public IndexedDefinition definition(int number) {
    return definitions.get(number);
  }

  /** The number of error groups that rows may name, 0 for none included. */
  public int errorGroups() {
    return errorGroups.dictionary().size();
  }

  public ErrorGroup errorGroup(int number) {
    return errorGroups.dictionary().get(number);
  }

  /** Number of flows in each status; a status without flows is absent. */
  public Map<FlowStatus, Long> countByStatus() {
    return counts.byStatus();
  }

  public Map<String, Map<FlowStatus, Long>> countByOrchestration() {
    return counts.byOrchestration();
  }

  public Map<ParkReason, Long> countByParkReason() {
    return counts.byReason();
  }

  public long paused() {
    return counts.paused();
  }

  public long inDoubt() {
    return counts.inDoubt();
  }

  /** The approximate heap of the rows, in bytes. */
  public long heapBytes() {
    return segments.stream().mapToLong(Segment::heapBytes).sum();
  }
}
