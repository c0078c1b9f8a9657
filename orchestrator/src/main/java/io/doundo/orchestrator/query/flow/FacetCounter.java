package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.index.ErrorGroup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowFacet;
import io.doundo.orchestrator.query.index.FlowFacets;
import io.doundo.orchestrator.query.index.FlowFacets.GroupCount;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.index.StepRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts the rows of a scan by their facets. Not thread-safe. */
@SuppressWarnings("EnumOrdinal") // Counted in arrays within one release; nothing is stored.
final class FacetCounter {

  private static final int MOST_ENTRIES = 100;
  private static final int OPEN_OR_FAILED = StepRow.openOrFailed();
  private static final FlowStatus[] STATUSES = FlowStatus.values();

  private final Set<FlowFacet> wanted;
  private final FlowColumns columns;
  private final StepDirectory steps;
  private final long[] byStatus = new long[STATUSES.length];
  private long[] byDefinition = new long[0];
  private long[] byGroup = new long[0];

  /** By the number of a definition and the index of its step. */
  private long[][] bySteps = new long[0][];

  FacetCounter(Set<FlowFacet> wanted, FlowColumns columns, StepDirectory steps) {
    this.wanted = wanted;
    this.columns = columns;
    this.steps = steps;
  }

  boolean isWanted() {
    return !wanted.isEmpty();
  }

  /**
   * @param misses see {@link RowFilter#misses}
   */
  void add(RowCursor row, int misses) {
    if ((misses & ~RowFilter.STATUS) == 0 && wanted.contains(FlowFacet.STATUS)) {
      byStatus[row.status().ordinal()]++;
    }
    if ((misses & ~RowFilter.ORCHESTRATION) == 0 && wanted.contains(FlowFacet.ORCHESTRATION)) {
      byDefinition = withRoom(byDefinition, row.definitionNumber());
      byDefinition[row.definitionNumber()]++;
    }
    if ((misses & ~RowFilter.FINGERPRINT) == 0
        && wanted.contains(FlowFacet.FINGERPRINT)
        && row.errorGroupNumber() > 0) {
      byGroup = withRoom(byGroup, row.errorGroupNumber());
      byGroup[row.errorGroupNumber()]++;
    }
    if ((misses & ~RowFilter.STEP) == 0 && wanted.contains(FlowFacet.STEP)) {
      addSteps(row);
    }
  }

  private static long[] withRoom(long[] counts, int index) {
    return index < counts.length ? counts : Arrays.copyOf(counts, 2 * index + 16);
  }

  private void addSteps(RowCursor row) {
    if (!row.hasStepIn(OPEN_OR_FAILED)) {
      return;
    }
    int definition = row.definitionNumber();
    int size = row.steps();
    for (int index = 0; index < size; index++) {
      if ((row.statusBitOf(index) & OPEN_OR_FAILED) != 0) {
        if (definition >= bySteps.length) {
          bySteps = Arrays.copyOf(bySteps, 2 * definition + 16);
        }
        if (bySteps[definition] == null || bySteps[definition].length < size) {
          bySteps[definition] =
              bySteps[definition] == null
                  ? new long[size]
                  : Arrays.copyOf(bySteps[definition], size);
        }
        bySteps[definition][index]++;
      }
    }
  }

  @Nullable FlowFacets facets() {
    if (!isWanted()) {
      return null;
    }
    return new FlowFacets(
        wanted.contains(FlowFacet.STATUS) ? statuses() : null,
        wanted.contains(FlowFacet.ORCHESTRATION) ? orchestrations() : null,
        wanted.contains(FlowFacet.STEP) ? steps() : null,
        wanted.contains(FlowFacet.FINGERPRINT) ? groups() : null);
  }

  private Map<String, Long> statuses() {
    Map<String, Long> counts = new HashMap<>();
    for (FlowStatus status : STATUSES) {
      add(counts, status.name(), byStatus[status.ordinal()]);
    }
    return most(counts);
  }

  private Map<String, Long> orchestrations() {
    Map<String, Long> counts = new HashMap<>();
    for (int number = 0; number < Math.min(byDefinition.length, columns.definitions()); number++) {
      add(counts, columns.definition(number).orchestration(), byDefinition[number]);
    }
    return most(counts);
  }

  private Map<String, Long> steps() {
    Map<String, Long> counts = new HashMap<>();
    for (int number = 0; number < bySteps.length; number++) {
      if (bySteps[number] != null) {
        IndexedDefinition definition = columns.definition(number);
        for (int index = 0; index < bySteps[number].length; index++) {
          add(counts, steps.name(definition, index), bySteps[number][index]);
        }
      }
    }
    return most(counts);
  }

  private List<GroupCount> groups() {
    List<GroupCount> counts = new ArrayList<>();
    for (int number = 1; number < Math.min(byGroup.length, columns.errorGroups()); number++) {
      if (byGroup[number] > 0) {
        ErrorGroup group = columns.errorGroup(number);
        counts.add(new GroupCount(group.fingerprint(), group.template(), byGroup[number]));
      }
    }
    return counts.stream()
        .sorted(
            Comparator.comparingLong(GroupCount::count).reversed().thenComparing(GroupCount::id))
        .limit(MOST_ENTRIES)
        .toList();
  }

  private static void add(Map<String, Long> counts, String name, long count) {
    if (count > 0) {
      counts.merge(name, count, Long::sum);
    }
  }

  private static Map<String, Long> most(Map<String, Long> counts) {
    Map<String, Long> most = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_ENTRIES)
        .forEach(entry -> most.put(entry.getKey(), entry.getValue()));
    return most;
  }
}
