package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.index.RowCursor.SearchText;
import io.doundo.orchestrator.query.index.StepRow;
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

  private static final int UNKNOWN = -2;
  private static final int NO_SUCH_STEP = -1;

  private final FlowCriteria criteria;
  private final FlowColumns columns;
  private final StepDirectory steps;
  private final DefinitionLookup definitions;
  private final int statuses;
  private final int group;
  private final byte @Nullable [] key;
  private final byte @Nullable [] idPrefix;
  private final @Nullable SearchText search;
  private final @Nullable SearchText error;

  /** By the number of a definition: the index of the wanted step. */
  private int[] stepIndexes = new int[0];

  RowFilter(
      FlowCriteria criteria,
      FlowColumns columns,
      StepDirectory steps,
      DefinitionLookup definitions) {
    this.criteria = criteria;
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
    this.search = criteria.search() == null ? null : new SearchText(criteria.search());
    this.error = criteria.error() == null ? null : new SearchText(criteria.error());
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
    return criteria.orchestration() == null
        || criteria.orchestration().equals(row.definition().orchestration());
  }

  private boolean hasGroup(RowCursor row) {
    return group == 0 || row.errorGroupNumber() == group;
  }

  private boolean hasRest(RowCursor row) {
    return criteria.started().has(row.startedAt())
        && criteria.updated().has(row.updatedAt())
        && criteria.ended().has(row.endedAt())
        && isAs(criteria.paused(), row.isPaused())
        && isAs(criteria.inDoubt(), row.isInDoubt())
        && isAs(criteria.leftStanding(), row.hasLeftStanding())
        && hasParkReason(row)
        && (key == null || row.isSearchValue(key))
        && (idPrefix == null || row.hasFlowIdPrefix(idPrefix))
        && (search == null || row.contains(search))
        && (error == null || row.hasError(error))
        && hasVersion(row);
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
    if (criteria.step() == null && criteria.stepStatus() == null && criteria.worker() == null) {
      return true;
    }
    int wanted = criteria.step() == null ? UNKNOWN : stepIndex(row.definitionNumber());
    if (wanted == NO_SUCH_STEP) {
      return false;
    }
    int size = row.steps();
    for (int index = 0; index < size; index++) {
      row.nextStep();
      if ((wanted == UNKNOWN || wanted == index) && isWanted(row, wanted != UNKNOWN)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWanted(RowCursor row, boolean isNamed) {
    StepStatus status = criteria.stepStatus();
    String worker = criteria.worker();
    if (worker != null && !row.isStepWorker(worker)) {
      return false;
    }
    if (status != null) {
      return row.stepStatus() == status;
    }
    // Whoever asks for the work of a service at a step means all of it.
    return !isNamed || worker != null || StepRow.isOpenOrFailed(row.stepStatus());
  }

  private int stepIndex(int definition) {
    if (definition >= stepIndexes.length) {
      int known = stepIndexes.length;
      stepIndexes = Arrays.copyOf(stepIndexes, Math.max(columns.definitions(), definition + 1));
      Arrays.fill(stepIndexes, known, stepIndexes.length, UNKNOWN);
    }
    if (stepIndexes[definition] == UNKNOWN) {
      IndexedDefinition of = columns.definition(definition);
      stepIndexes[definition] =
          steps.names(of.id()).indexOf(Objects.requireNonNull(criteria.step()));
    }
    return stepIndexes[definition];
  }
}
