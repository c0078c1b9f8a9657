package io.doundo.orchestrator.query.flow;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.DurationCounts;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.tail.FlowIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the flows of one orchestration are, step by step and version by version, as far as they are
 * listed.
 *
 * @param steps in the order in which they were met; of every version that has flows
 * @param versions those with flows that have not ended, the newest first
 * @param asOf everything committed until then is in it
 * @param lagMs how long ago that was
 * @param reachesBackTo every flow that started since then is in it
 * @param complete false when flows may be missing; {@code note} says why
 */
public record OrchestrationStats(
    String name,
    List<StepFigures> steps,
    List<VersionFlows> versions,
    Instant asOf,
    long lagMs,
    Instant reachesBackTo,
    boolean complete,
    @Nullable String note) {

  public OrchestrationStats {
    steps = List.copyOf(steps);
    versions = List.copyOf(versions);
  }

  /** A step, on its way forward and on its way back. */
  public record StepFigures(String step, @JsonProperty("do") Work forward, Work undo) {}

  /**
   * What the flows of the window did at a step in one direction. The time of a DO is that from its
   * first command to its answer, retries included; a flow does not tell that of an UNDO.
   *
   * @param count of flows that were asked to
   * @param p50 ms that half of them took at most; null when none has finished, and for an UNDO
   * @param retried how many were asked more than once
   * @param inDoubt of how many nobody knows whether it happened
   * @param undone how many have taken it back
   */
  public record Work(
      long count,
      @Nullable Long p50,
      @Nullable Long p95,
      @Nullable Long p99,
      long retried,
      long inDoubt,
      long undone) {}

  /**
   * The flows that are still on a version.
   *
   * @param version null when it is not known any more
   * @param open how many have not ended
   * @param parked how many of these wait for an operator
   * @param oldestStartedAt when the first of these was started
   */
  public record VersionFlows(
      @Nullable Integer version, long open, long parked, Instant oldestStartedAt) {}

  /** One pass over all rows. Not thread-safe. */
  static final class Rows {

    private static final int UNKNOWN_VERSION = -1;
    private static final long MINUTE_MS = 60_000;

    private record Started(DefinitionId id, long minute) {}

    private final Map<Started, Integer> versionsOf = new HashMap<>();

    private final String orchestration;
    private final long from;
    private final FlowColumns columns;
    private final DefinitionLookup definitions;

    /** By the number of a definition: whether it is of this orchestration, and its steps. */
    private @Nullable Of[] known = new Of[0];

    private final Map<Integer, Open> versions = new TreeMap<>(Comparator.reverseOrder());

    private static final class Of {
      private final boolean isWanted;
      private final IndexedDefinition definition;
      private Tally[] steps = new Tally[0];

      Of(boolean isWanted, IndexedDefinition definition) {
        this.isWanted = isWanted;
        this.definition = definition;
      }
    }

    private static final class Open {
      private long flows;
      private long parked;
      private long oldest = Long.MAX_VALUE;
    }

    private static final class Tally {
      private final DurationCounts durations = new DurationCounts();
      private long done;
      private long retried;
      private long inDoubt;
      private long undone;
      private long undos;
      private long undosRetried;
    }

    /**
     * @param from what was done before does not count, ms since the epoch
     */
    Rows(String orchestration, long from, FlowColumns columns, DefinitionLookup definitions) {
      this.orchestration = orchestration;
      this.from = from;
      this.columns = columns;
      this.definitions = definitions;
    }

    void add(RowCursor row) {
      int number = row.definitionNumber();
      if (number == FlowColumns.UNREGISTERED) {
        return;
      }
      Of of = of(number);
      if (!of.isWanted) {
        return;
      }
      // A part with a body of this orchestration ends before its flow, which is on the same
      // version.
      boolean isInside = row.isHiddenPart() && of.definition.path() != null;
      if (!row.status().isTerminal() && !isInside) {
        addOpen(row, of.definition);
      }
      if (row.updatedAt() >= from) {
        addSteps(row, of);
      }
    }

    private Of of(int number) {
      if (number >= known.length) {
        known = Arrays.copyOf(known, Math.max(columns.definitions(), number + 1));
      }
      Of of = known[number];
      if (of == null) {
        IndexedDefinition definition = columns.definition(number);
        of = new Of(definition.orchestration().equals(orchestration), definition);
        known[number] = of;
      }
      return of;
    }

    private void addOpen(RowCursor row, IndexedDefinition definition) {
      Open open = versions.computeIfAbsent(version(definition.id(), row), unused -> new Open());
      open.flows++;
      open.parked += row.status() == FlowStatus.PARKED ? 1 : 0;
      open.oldest = Math.min(open.oldest, row.startedAt());
    }

    /**
     * Asked for once a minute of starts: a definition may be registered again as a later version.
     */
    private int version(@Nullable DefinitionId id, RowCursor row) {
      if (id == null) {
        return UNKNOWN_VERSION;
      }
      Started minute = new Started(id, row.startedAt() / MINUTE_MS);
      Integer version = versionsOf.get(minute);
      if (version == null) {
        version = definitions.versionOf(id, row.startedAt()).orElse(UNKNOWN_VERSION);
        versionsOf.put(minute, version);
      }
      return version;
    }

    private void addSteps(RowCursor row, Of of) {
      int size = row.steps();
      if (of.steps.length < size) {
        int before = of.steps.length;
        of.steps = Arrays.copyOf(of.steps, size);
        for (int i = before; i < size; i++) {
          of.steps[i] = new Tally();
        }
      }
      for (int index = 0; index < size; index++) {
        row.nextStep();
        long at = Math.max(row.stepEndedAt(), row.stepStartedAt());
        if (row.stepDoSent() > 0 && at >= from) {
          add(row, of.steps[index]);
        }
      }
    }

    private static void add(RowCursor row, Tally step) {
      StepStatus status = row.stepStatus();
      step.done++;
      step.retried += row.stepDoSent() > 1 ? 1 : 0;
      step.inDoubt += status == StepStatus.IN_DOUBT ? 1 : 0;
      step.undone += status == StepStatus.UNDO_SUCCESS ? 1 : 0;
      step.undos += row.stepUndoSent() > 0 ? 1 : 0;
      step.undosRetried += row.stepUndoSent() > 1 ? 1 : 0;
      // Later answers are those of the way back.
      if (status == StepStatus.DO_SUCCESS && row.stepEndedAt() > 0) {
        step.durations.add(row.stepEndedAt() - row.stepStartedAt());
      }
    }

    OrchestrationStats stats(FlowIndex.State state, StepDirectory names) {
      Map<String, List<Tally>> byName = new LinkedHashMap<>();
      for (Of of : known) {
        for (int index = 0; of != null && index < of.steps.length; index++) {
          byName
              .computeIfAbsent(names.name(of.definition, index), unused -> new ArrayList<>())
              .add(of.steps[index]);
        }
      }
      return new OrchestrationStats(
          orchestration,
          byName.entrySet().stream().map(step -> figures(step.getKey(), step.getValue())).toList(),
          versions.entrySet().stream().map(open -> open(open.getKey(), open.getValue())).toList(),
          Instant.ofEpochMilli(state.asOf()),
          state.lagMs(),
          Instant.ofEpochMilli(state.reachesBackTo()),
          state.complete(),
          state.note());
    }

    private static VersionFlows open(int version, Open open) {
      return new VersionFlows(
          version == UNKNOWN_VERSION ? null : version,
          open.flows,
          open.parked,
          Instant.ofEpochMilli(open.oldest));
    }

    /** A step that several versions have is one step. */
    private static StepFigures figures(String name, List<Tally> versions) {
      DurationCounts durations = new DurationCounts();
      long done = 0;
      long retried = 0;
      long inDoubt = 0;
      long undone = 0;
      long undos = 0;
      long undosRetried = 0;
      for (Tally tally : versions) {
        durations.addAll(tally.durations);
        done += tally.done;
        retried += tally.retried;
        inDoubt += tally.inDoubt;
        undone += tally.undone;
        undos += tally.undos;
        undosRetried += tally.undosRetried;
      }
      return new StepFigures(
          name,
          new Work(
              done,
              durations.percentile(50),
              durations.percentile(95),
              durations.percentile(99),
              retried,
              inDoubt,
              undone),
          new Work(undos, null, null, null, undosRetried, 0, undone));
    }
  }
}
