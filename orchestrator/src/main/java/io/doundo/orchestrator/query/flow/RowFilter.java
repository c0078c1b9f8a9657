package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.index.RowCursor.FlowSet;
import io.doundo.orchestrator.query.index.SearchText;
import io.doundo.orchestrator.query.index.StepRow;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides which rows match. Made for one scan; not thread-safe. */
@SuppressWarnings("EnumOrdinal") // Counted in arrays within one release; nothing is stored.
final class RowFilter {

  /** Of a row that matches. */
  static final int NOTHING = 0;

  static final int STATUS = 1;
  static final int ORCHESTRATION = 2;
  static final int STEP = 4;
  static final int FINGERPRINT = 8;

  /** Something else, or more than one of the others. */
  static final int REST = 16;

  private static final byte WANTED = 1;
  private static final byte OTHER = 2;
  private static final int UNKNOWN = -2;
  private static final int NO_SUCH_STEP = -1;
  private static final int ANY_STATUS = -1;

  private final FlowCriteria criteria;
  private final FlowColumns columns;
  private final StepDirectory steps;
  private final DefinitionLookup definitions;
  private final @Nullable FlowSet among;
  private final int statuses;
  private final int group;
  private final byte @Nullable [] key;
  private final byte @Nullable [] idPrefix;
  private final byte @Nullable [] parent;
  private final @Nullable SearchText search;
  private final @Nullable SearchText error;

  private final Span started;
  private final Span updated;
  private final Span ended;
  private final boolean isRestWanted;
  private final boolean isStepWanted;

  /** Whether a step has to be decoded beyond its status. */
  private final boolean isWorkWanted;

  /** The statuses of the wanted step, each a bit by its ordinal. */
  private final int stepStatuses;

  /**
   * By the number of a definition: whether it is of the wanted orchestration, or 0 if not known.
   */
  private byte[] orchestrations = new byte[0];

  /** By the number of a definition: the index of the wanted step. */
  private int[] stepIndexes = new int[0];

  /** A time range in ms since the epoch, so that no row costs an object. */
  private record Span(long from, long to, boolean isAny) {

    static Span of(TimeRange range) {
      Instant from = range.from();
      Instant to = range.to();
      return new Span(
          from == null ? 1 : Math.max(1, from.toEpochMilli()),
          to == null ? Long.MAX_VALUE : to.toEpochMilli(),
          range.equals(TimeRange.ANY));
    }

    boolean has(long at) {
      return isAny || (at >= from && at < to);
    }
  }

  /**
   * @param among the only flows that match; null for all
   */
  RowFilter(
      FlowCriteria criteria,
      @Nullable FlowSet among,
      FlowColumns columns,
      StepDirectory steps,
      DefinitionLookup definitions) {
    this.criteria = criteria;
    this.among = among;
    this.columns = columns;
    this.steps = steps;
    this.definitions = definitions;
    this.statuses =
        criteria.statuses().stream()
            .mapToInt(FlowStatus::ordinal)
            .map(ordinal -> 1 << ordinal)
            .sum();
    this.group = criteria.fingerprint() == null ? 0 : group(criteria.fingerprint(), columns);
    this.key = bytes(criteria.key());
    this.idPrefix = bytes(criteria.idPrefix());
    this.parent = bytes(criteria.parent());
    this.search = criteria.search() == null ? null : new SearchText(criteria.search());
    this.error = criteria.error() == null ? null : new SearchText(criteria.error());
    this.started = Span.of(criteria.started());
    this.updated = Span.of(criteria.updated());
    this.ended = Span.of(criteria.ended());
    this.isRestWanted = isRestWanted();
    this.isWorkWanted = criteria.worker() != null || criteria.workerVersion() != null;
    this.isStepWanted = isWorkWanted || criteria.step() != null || criteria.stepStatus() != null;
    this.stepStatuses = stepStatuses();
  }

  private boolean isRestWanted() {
    return !(started.isAny() && updated.isAny() && ended.isAny())
        || criteria.paused() != null
        || criteria.inDoubt() != null
        || criteria.leftStanding() != null
        || !criteria.parkReasons().isEmpty()
        || key != null
        || idPrefix != null
        || parent != null
        || !criteria.parts()
        || search != null
        || error != null
        || criteria.version() != null
        || among != null;
  }

  private int stepStatuses() {
    StepStatus status = criteria.stepStatus();
    if (status != null) {
      return 1 << status.ordinal();
    }
    // Whoever asks for the work of a service at a step means all of it.
    return criteria.step() == null || isWorkWanted ? ANY_STATUS : StepRow.openOrFailed();
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  /** The number of a group; -1 when no flow has an error of it. */
  private static int group(String fingerprint, FlowColumns columns) {
    for (int number = 1; number < columns.errorGroups(); number++) {
      if (columns.errorGroup(number).fingerprint().equals(fingerprint)) {
        return number;
      }
    }
    return -1;
  }

  boolean matches(RowCursor row) {
    return hasStatus(row) && hasOrchestration(row) && hasGroup(row) && hasRest(row) && hasStep(row);
  }

  /** What alone keeps the row from matching: one of the constants. */
  int misses(RowCursor row) {
    int missed = hasStatus(row) ? NOTHING : STATUS;
    if (!hasOrchestration(row)) {
      missed |= ORCHESTRATION;
    }
    if (!hasGroup(row)) {
      missed |= FINGERPRINT;
    }
    if (Integer.bitCount(missed) > 1 || !hasRest(row)) {
      return REST;
    }
    if (hasStep(row)) {
      return missed;
    }
    return missed == NOTHING ? STEP : REST;
  }

  private boolean hasStatus(RowCursor row) {
    return statuses == 0 || (statuses & (1 << row.status().ordinal())) != 0;
  }

  private boolean hasOrchestration(RowCursor row) {
    String wanted = criteria.orchestration();
    if (wanted == null) {
      return true;
    }
    int number = row.definitionNumber();
    if (number == FlowColumns.UNREGISTERED) {
      return wanted.equals(row.definition().orchestration());
    }
    if (number >= orchestrations.length) {
      orchestrations = Arrays.copyOf(orchestrations, Math.max(columns.definitions(), number + 1));
    }
    if (orchestrations[number] == 0) {
      boolean isWanted = wanted.equals(columns.definition(number).orchestration());
      orchestrations[number] = isWanted ? WANTED : OTHER;
    }
    return orchestrations[number] == WANTED;
  }

  private boolean hasGroup(RowCursor row) {
    return group == 0 || row.errorGroupNumber() == group;
  }

  private boolean hasRest(RowCursor row) {
    return !isRestWanted
        || (started.has(row.startedAt())
            && updated.has(row.updatedAt())
            && ended.has(row.endedAt())
            && isAs(criteria.paused(), row.isPaused())
            && isAs(criteria.inDoubt(), row.isInDoubt())
            && isAs(criteria.leftStanding(), row.hasLeftStanding())
            && hasParkReason(row)
            && (key == null || row.isSearchValue(key))
            && (idPrefix == null || row.hasFlowIdPrefix(idPrefix))
            && (parent == null || row.isPartOf(parent))
            && (criteria.parts() || !row.isHiddenPart())
            && (search == null || row.contains(search))
            && (error == null || row.hasError(error))
            && (among == null || row.isIn(among))
            && hasVersion(row));
  }

  private static boolean isAs(@Nullable Boolean wanted, boolean is) {
    return wanted == null || wanted == is;
  }

  private boolean hasParkReason(RowCursor row) {
    if (criteria.parkReasons().isEmpty()) {
      return true;
    }
    ParkReason reason = row.parkReason();
    return reason != null && criteria.parkReasons().contains(reason);
  }

  private boolean hasVersion(RowCursor row) {
    Integer wanted = criteria.version();
    if (wanted == null) {
      return true;
    }
    DefinitionId id = row.definition().id();
    return id != null
        && definitions.versionOf(id, row.startedAt()).filter(wanted::equals).isPresent();
  }

  private boolean hasStep(RowCursor row) {
    if (!isStepWanted) {
      return true;
    }
    if (!row.hasStepIn(stepStatuses)) {
      return false;
    }
    if (criteria.step() == null) {
      return !isWorkWanted || hasWork(row, UNKNOWN);
    }
    int wanted = stepIndex(row.definitionNumber());
    if (wanted == NO_SUCH_STEP) {
      return false;
    }
    return isWorkWanted
        ? hasWork(row, wanted)
        : wanted < row.steps() && (row.statusBitOf(wanted) & stepStatuses) != 0;
  }

  /** Whether the wanted step, or any, was done by the wanted worker. */
  private boolean hasWork(RowCursor row, int wanted) {
    int size = row.steps();
    for (int index = 0; index < size; index++) {
      boolean hasStatus = (row.statusBitOf(0) & stepStatuses) != 0;
      row.nextStep();
      if ((wanted == UNKNOWN || wanted == index) && hasStatus && isWorker(row)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWorker(RowCursor row) {
    String worker = criteria.worker();
    String version = criteria.workerVersion();
    return (worker == null || row.isStepWorker(worker))
        && (version == null || row.isStepVersion(version));
  }

  private int stepIndex(int definition) {
    if (definition >= stepIndexes.length) {
      int known = stepIndexes.length;
      stepIndexes = Arrays.copyOf(stepIndexes, Math.max(columns.definitions(), definition + 1));
      Arrays.fill(stepIndexes, known, stepIndexes.length, UNKNOWN);
    }
    if (stepIndexes[definition] == UNKNOWN) {
      IndexedDefinition of = columns.definition(definition);
      stepIndexes[definition] = steps.names(of).indexOf(Objects.requireNonNull(criteria.step()));
    }
    return stepIndexes[definition];
  }
}
