package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.MinuteCounts.Minute;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.tail.FlowIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the flows are, in numbers.
 *
 * @param byStatus of every status, 0 included. A part of a flow counts here only when it is listed
 *     among the flows, because somebody has to act on it
 * @param parts how many parts of flows there are in each status, 0 included; one that is parked
 *     stands in {@code byStatus} as well
 * @param parkedByReason only of reasons that some flow is parked for
 * @param openTasks how many tasks wait for completion
 * @param buckets every minute of the window, oldest first
 * @param undoRate of the flows that completed or were undone in the window, the share of those that
 *     were undone; null when there is none
 * @param slow the steps with a command that nobody has answered for long, the longest first
 * @param deadLetters24h of the last 24 hours, as far as they were seen
 * @param asOf everything committed until then is in it
 * @param lagMs how long ago that was
 * @param reachesBackTo every flow that started since then is in it
 * @param complete false when flows may be missing; {@code note} says why
 */
public record FlowStats(
    Map<FlowStatus, Long> byStatus,
    Map<FlowStatus, Long> parts,
    Map<ParkReason, Long> parkedByReason,
    long paused,
    long inDoubt,
    long openTasks,
    List<MinuteView> buckets,
    @Nullable Double undoRate,
    Oldest oldest,
    List<SlowStep> slow,
    long deadLetters24h,
    Instant asOf,
    long lagMs,
    Instant reachesBackTo,
    boolean complete,
    @Nullable String note) {

  private static final Duration SLOW = Duration.ofSeconds(30);
  private static final int MOST_SLOW = 20;
  private static final FlowStatus[] STATUSES = FlowStatus.values();

  /** What happened within one minute that begins then. */
  public record MinuteView(Instant at, int started, int completed, int undone, int parked) {
    static MinuteView of(Minute minute) {
      return new MinuteView(
          Instant.ofEpochMilli(minute.at()),
          minute.started(),
          minute.completed(),
          minute.undone(),
          minute.parked());
    }
  }

  /** Since when the flow has waited that has waited longest; null when none does. */
  public record Oldest(
      @Nullable Instant parked,
      @Nullable Instant undoing,
      @Nullable Instant inDoubt,
      @Nullable Instant waiting) {}

  /**
   * A step whose commands are not answered.
   *
   * @param action DO or UNDO
   * @param waiting how many commands wait for their answer
   * @param oldestSince since when the first of them has waited
   */
  public record SlowStep(
      String orchestration, String step, String action, long waiting, Instant oldestSince) {}

  /** One pass over all rows. Not thread-safe. */
  @SuppressWarnings("EnumOrdinal") // Counted in arrays within one release; nothing is stored.
  static final class Rows {

    private record Command(int definition, int step, boolean isDo) {}

    private static final class Unanswered {
      long count;

      /** The time at which the oldest command times out; later, the time at which it was sent. */
      long oldest = Long.MAX_VALUE;
    }

    private final long[] byStatus = new long[STATUSES.length];
    private final long[] parts = new long[STATUSES.length];
    private final Map<ParkReason, Long> byReason = new EnumMap<>(ParkReason.class);
    private final @Nullable String orchestration;
    private final Map<Command, Unanswered> unanswered = new HashMap<>();
    private long paused;
    private long inDoubt;
    private long openTasks;
    private long oldestParked = Long.MAX_VALUE;
    private long oldestUndoing = Long.MAX_VALUE;
    private long oldestInDoubt = Long.MAX_VALUE;
    private long oldestWaiting = Long.MAX_VALUE;

    /**
     * Looks at the flows of one orchestration.
     *
     * @param orchestration null for all
     */
    Rows(@Nullable String orchestration) {
      this.orchestration = orchestration;
    }

    private static Map<FlowStatus, Long> statuses(long[] numbers) {
      Map<FlowStatus, Long> counts = new EnumMap<>(FlowStatus.class);
      for (FlowStatus status : STATUSES) {
        counts.put(status, numbers[status.ordinal()]);
      }
      return counts;
    }

    void add(RowCursor row) {
      if (orchestration != null && !orchestration.equals(row.definition().orchestration())) {
        return;
      }
      FlowStatus status = row.status();
      parts[status.ordinal()] += row.isPart() ? 1 : 0;
      byStatus[status.ordinal()] += row.isHiddenPart() ? 0 : 1;
      if (status.isTerminal()) {
        return;
      }
      ParkReason reason = row.parkReason();
      if (reason != null) {
        byReason.merge(reason, 1L, Long::sum);
      }
      paused += row.isPaused() ? 1 : 0;
      if (row.isInDoubt()) {
        inDoubt++;
        long at = row.errorAt() > 0 ? row.errorAt() : row.updatedAt();
        oldestInDoubt = Math.min(oldestInDoubt, at);
      }
      openTasks += row.tasks().size();
      switch (status) {
        case PARKED -> oldestParked = Math.min(oldestParked, row.statusSince());
        case UNDOING -> oldestUndoing = Math.min(oldestUndoing, row.statusSince());
        case WAITING -> oldestWaiting = Math.min(oldestWaiting, row.startedAt());
        case IN_PROGRESS, COMPLETED, UNDONE, ABANDONED, REJECTED -> {
          // It waits for nobody in particular.
        }
      }
      addCommands(row);
    }

    private void addCommands(RowCursor row) {
      int steps = row.steps();
      for (int step = 0; step < steps; step++) {
        row.nextStep();
        boolean isDo = row.stepStatus() != StepStatus.UNDOING;
        if (row.answerDueAt() > 0) {
          Unanswered known =
              unanswered.computeIfAbsent(
                  new Command(row.definitionNumber(), step, isDo), unused -> new Unanswered());
          known.count++;
          known.oldest = Math.min(known.oldest, row.answerDueAt());
        }
      }
    }

    FlowStats stats(
        FlowIndex.State state, List<Minute> buckets, List<SlowStep> slow, long deadLetters) {
      long completed = buckets.stream().mapToLong(Minute::completed).sum();
      long undone = buckets.stream().mapToLong(Minute::undone).sum();
      return new FlowStats(
          statuses(byStatus),
          statuses(parts),
          byReason,
          paused,
          inDoubt,
          openTasks,
          buckets.stream().map(MinuteView::of).toList(),
          completed + undone == 0 ? null : (double) undone / (completed + undone),
          oldest(),
          slow,
          deadLetters,
          Instant.ofEpochMilli(state.asOf()),
          state.lagMs(),
          Instant.ofEpochMilli(state.reachesBackTo()),
          state.complete(),
          state.note());
    }

    private Oldest oldest() {
      return new Oldest(
          instant(oldestParked),
          instant(oldestUndoing),
          instant(oldestInDoubt),
          instant(oldestWaiting));
    }

    private static @Nullable Instant instant(long at) {
      return at == Long.MAX_VALUE ? null : Instant.ofEpochMilli(at);
    }

    List<SlowStep> slow(FlowColumns columns, StepDirectory names, long now) {
      record Name(String orchestration, String step, boolean isDo) {}
      // Versions of one orchestration are one step to whoever serves it.
      Map<Name, Unanswered> byName = new HashMap<>();
      unanswered.forEach(
          (command, waiting) -> {
            IndexedDefinition definition = columns.definition(command.definition());
            Name name =
                new Name(
                    definition.orchestration(),
                    names.name(definition, command.step()),
                    command.isDo());
            long timeout = names.timeoutMs(definition, command.step());
            Unanswered all = byName.computeIfAbsent(name, unused -> new Unanswered());
            all.count += waiting.count;
            all.oldest = Math.min(all.oldest, waiting.oldest - timeout);
          });
      List<SlowStep> slow = new ArrayList<>();
      byName.forEach(
          (name, waiting) -> {
            if (now - waiting.oldest > SLOW.toMillis()) {
              slow.add(
                  new SlowStep(
                      name.orchestration(),
                      name.step(),
                      name.isDo() ? "DO" : "UNDO",
                      waiting.count,
                      Instant.ofEpochMilli(waiting.oldest)));
            }
          });
      slow.sort(Comparator.comparing(SlowStep::oldestSince));
      return slow.size() > MOST_SLOW ? List.copyOf(slow.subList(0, MOST_SLOW)) : slow;
    }
  }
}
