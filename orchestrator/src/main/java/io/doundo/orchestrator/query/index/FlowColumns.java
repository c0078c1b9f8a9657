package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.index.FlowRow.RecordPlace;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The flows of the index: one row each, in columns. Live and ended states come from two topics, in
 * any order between them, and the row shows the newer one. At the limit the flows that ended first
 * make room, then those that simply run forward. A flow that may need an operator (parked, paused,
 * undoing, in doubt, waiting) is never dropped, not even beyond the limit. One thread writes, any
 * may read.
 */
public final class FlowColumns {

  /** The heap that a flow takes, as measured; see docs/performance.md. */
  public static final int BYTES_PER_FLOW = 200;

  /** The number of {@link IndexedDefinition#UNREGISTERED}. */
  public static final int UNREGISTERED = 0;

  private final int limit;
  private final Duration retention;
  private final LongSupplier clock;
  private final StepNames stepNames;

  private final Dictionary<IndexedDefinition> definitions = new Dictionary<>();
  private final Dictionary<String> workers = new Dictionary<>();
  private final ErrorGroups errorGroups = new ErrorGroups();
  private final FlowCounts counts = new FlowCounts();

  private final Rows rows = new Rows(this::cursor);

  // Of the writing thread only.
  private final RowContent content = new RowContent(workers);
  private final EndQueue ends = new EndQueue();
  private int endedRows;
  private int runningRows;
  private int evictionHand;

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
    int row = rows.find(flowId);
    boolean isNew = row < 0;
    boolean isNewLife = isNew;
    boolean wasParked = false;
    long statusSince = head.updatedAt();
    if (isNew) {
      if (rows.size() >= limit && !makeRoom(front, ended)) {
        lose(head.startedAt());
        return Change.NONE;
      }
    } else {
      Segment segment = rows.segment(row);
      int place = Rows.place(row);
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
    IndexedDefinition runsOn = runsOn(front);
    int definition = runsOn == null ? UNREGISTERED : definitions.add(runsOn);
    OpenError error = OpenError.of(front);
    int group = error == null || !error.isIncident(head.status()) ? 0 : group(runsOn, error);
    int flags = content.write(front, flowId, ended, error);
    if (isNew) {
      row = rows.take();
    } else {
      uncount(row);
    }
    Segment segment = rows.segment(row);
    int place = Rows.place(row);
    segment.lock.writeLock().lock();
    try {
      segment.write(place, content.bytes());
      segment.definition[place] = definition;
      segment.flags[place] = flags;
      segment.startedAt[place] = head.startedAt();
      segment.updatedAt[place] = head.updatedAt();
      segment.endedAt[place] = head.endedAt();
      segment.dueAt[place] = ended ? 0 : RowContent.dueAt(front);
      segment.statusSince[place] = statusSince;
      segment.incarnation[place] = hash64(head.incarnation());
      segment.transitions[place] = head.transitions();
      segment.source[place] = source.packed();
      segment.errorGroup[place] = group;
      segment.stepStatuses[place] = content.stepStatuses();
    } finally {
      segment.lock.writeLock().unlock();
    }
    count(row);
    if (isNew) {
      rows.add(flowId, row);
    }
    if (Flags.ages(flags)) {
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
    left(flowId.getBytes(UTF_8));
  }

  /**
   * The live state was removed: the flow has ended.
   *
   * @param flowId as UTF-8
   */
  public void left(byte[] flowId) {
    int row = rows.find(flowId);
    if (row < 0) {
      return;
    }
    Segment segment = rows.segment(row);
    int place = Rows.place(row);
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

  private static @Nullable IndexedDefinition runsOn(FlowFront front) {
    FlowHead head = front.head();
    PartOf partOf = front.partOf();
    return head.definition() == null
        ? null
        : new IndexedDefinition(
            head.orchestrationName(), head.definition(), partOf == null ? null : partOf.path());
  }

  private int group(@Nullable IndexedDefinition runsOn, OpenError error) {
    String step = "";
    if (error.step() != OpenError.NO_STEP) {
      step = runsOn == null ? "#" + (error.step() + 1) : stepNames.name(runsOn, error.step());
    }
    String orchestration =
        runsOn == null ? IndexedDefinition.UNREGISTERED.orchestration() : runsOn.orchestration();
    return errorGroups.add(orchestration, step, error.action(), error.kind(), error.texts().get(0));
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

  private void drop(int row) {
    uncount(row);
    rows.drop(row);
  }

  private void count(int row) {
    change(row, 1);
  }

  private void uncount(int row) {
    change(row, -1);
  }

  private void change(int row, int by) {
    Segment segment = rows.segment(row);
    int flags = segment.flags[Rows.place(row)];
    if (!Flags.isHiddenPart(flags)) {
      counts.change(
          definitions.get(segment.definition[Rows.place(row)]).orchestration(), flags, by);
    }
    if (Flags.ages(flags)) {
      endedRows += by;
    } else if (!Flags.has(flags, Flags.NEEDS_ATTENTION)) {
      runningRows += by;
    }
  }

  // What leaves.

  /** Makes room for a flow at the limit; false when it is the one to be left out. */
  private boolean makeRoom(FlowFront front, boolean ended) {
    FlowHead head = front.head();
    long endedAt = head.status().isTerminal() ? head.endedAt() : Long.MAX_VALUE;
    overflowed = true;
    if (endedRows > 0 && toFirstEnd() && ends.firstAt() <= endedAt) {
      int row = ends.firstRow();
      ends.removeFirst();
      lose(rows.segment(row).startedAt[Rows.place(row)]);
      drop(row);
      return true;
    }
    if (ended || !RowContent.needsAttention(front)) {
      return false;
    }
    if (runningRows > 0) {
      int row = nextRunning();
      lose(rows.segment(row).startedAt[Rows.place(row)]);
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
    int end = rows.end();
    while (true) {
      int row = evictionHand++ % end;
      Segment segment = rows.segment(row);
      int place = Rows.place(row);
      if (segment.definition[place] != Segment.FREE
          && !Flags.ages(segment.flags[place])
          && !Flags.has(segment.flags[place], Flags.NEEDS_ATTENTION)) {
        evictionHand = (row + 1) % end;
        return row;
      }
    }
  }

  /** Whether an ended flow stands first in the queue, once those that do not count are gone. */
  private boolean toFirstEnd() {
    while (!ends.isEmpty()) {
      Segment segment = rows.segment(ends.firstRow());
      int place = Rows.place(ends.firstRow());
      if (segment.definition[place] != Segment.FREE
          && Flags.ages(segment.flags[place])
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
      rows.forEach(
          (row, flags) -> {
            if (Flags.ages(flags)) {
              ends.add(rows.segment(row).endedAt[Rows.place(row)], row);
            }
          });
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
    rows.forEach(
        (row, flags) -> {
          Segment segment = rows.segment(row);
          RecordPlace source = RecordPlace.unpacked(segment.source[Rows.place(row)]);
          if (Flags.has(flags, Flags.ENDED)
              && source.offset() < logStarts.getOrDefault(source.partition(), 0L)) {
            drop(row);
          } else {
            used.set(segment.errorGroup[Rows.place(row)]);
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
    rows.forEach(
        (row, flags) -> {
          if (Flags.has(flags, Flags.LEAVING)) {
            drop(row);
          }
        });
  }

  /** Drops the flows that were leaving the last time this was called, and still are. */
  public void dropLeavingSinceLong() {
    rows.forEach(
        (row, flags) -> {
          if (Flags.has(flags, Flags.LEAVING_SINCE_LONG)) {
            drop(row);
          } else if (Flags.has(flags, Flags.LEAVING)) {
            setFlags(rows.segment(row), Rows.place(row), flags | Flags.LEAVING_SINCE_LONG);
          }
        });
  }

  /** Drops everything. */
  public void clear() {
    rows.clear();
    counts.clear();
    ends.clear();
    endedRows = 0;
    runningRows = 0;
    evictionHand = 0;
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
    List<Segment> all = rows.segments();
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
      String path = definition.path();
      out.writeUTF(path == null ? "" : path);
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
      String path = in.readUTF();
      definitionNumbers[i] =
          hash.isEmpty()
              ? UNREGISTERED
              : definitions.add(
                  new IndexedDefinition(
                      orchestration,
                      new DefinitionId(orchestration, hash),
                      path.isEmpty() ? null : path));
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
    rows.addAll(read);
    for (int row = rows.end() - 1; row >= 0; row--) {
      restore(row);
    }
    while (rows.size() > limit && endedRows > 0 && toFirstEnd()) {
      int row = ends.firstRow();
      ends.removeFirst();
      lose(rows.segment(row).startedAt[Rows.place(row)]);
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
    Segment segment = rows.segment(row);
    int place = Rows.place(row);
    if (segment.definition[place] == Segment.FREE) {
      rows.release(row);
      return;
    }
    // A flow that was dropped and came back while its file was written stands there twice.
    byte[] flowId = rows.flowId(row);
    int other = rows.find(flowId);
    if (other >= 0 && isNewer(other, row)) {
      segment.free(place);
      rows.release(row);
      return;
    }
    if (other >= 0) {
      drop(other);
    }
    rows.add(flowId, row);
    count(row);
    if (Flags.ages(segment.flags[place])) {
      ends.add(segment.endedAt[place], row);
    }
  }

  /** Whether the first of two rows of one flow shows it as late as the second, or later. */
  private boolean isNewer(int first, int second) {
    Segment one = rows.segment(first);
    Segment two = rows.segment(second);
    return one.incarnation[Rows.place(first)] == two.incarnation[Rows.place(second)]
        ? one.transitions[Rows.place(first)] >= two.transitions[Rows.place(second)]
        : one.startedAt[Rows.place(first)] >= two.startedAt[Rows.place(second)];
  }

  // Reads.

  public int size() {
    return rows.size();
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
    return rows.copy(id, cursor());
  }

  /** Whether the row of a flow shows one that the engine still has, as far as that was read. */
  public boolean isLive(String flowId) {
    return rows.read(flowId.getBytes(UTF_8), cursor(), RowCursor::isLive).orElse(false);
  }

  /** Visits all rows, those of the flows that came last first, a segment under one lock. */
  public void forEach(Consumer<RowCursor> visitor) {
    rows.visit(cursor(), visitor);
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

  public long paused() {
    return counts.paused();
  }

  public long inDoubt() {
    return counts.inDoubt();
  }

  /** The approximate heap of the rows, in bytes. */
  public long heapBytes() {
    return rows.heapBytes();
  }
}
