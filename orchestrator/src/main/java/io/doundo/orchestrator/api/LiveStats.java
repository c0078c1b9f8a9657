package io.doundo.orchestrator.api;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.query.flow.FlowStats;
import io.doundo.orchestrator.query.flow.FlowStats.MinuteView;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The numbers of all flows as the live stream tells them.
 *
 * @param started how many started in each minute of the last hour, the current one last
 * @param ended how many completed or were undone
 * @param complete false when flows may be missing
 */
public record LiveStats(
    Instant asOf,
    long lagMs,
    Map<FlowStatus, Long> byStatus,
    Map<ParkReason, Long> parkedByReason,
    long paused,
    long inDoubt,
    long openTasks,
    long deadLetters24h,
    List<Integer> started,
    List<Integer> ended,
    boolean complete) {

  public static LiveStats of(FlowStats stats) {
    return new LiveStats(
        stats.asOf(),
        stats.lagMs(),
        stats.byStatus(),
        stats.parkedByReason(),
        stats.paused(),
        stats.inDoubt(),
        stats.openTasks(),
        stats.deadLetters24h(),
        stats.buckets().stream().map(MinuteView::started).toList(),
        stats.buckets().stream().map(minute -> minute.completed() + minute.undone()).toList(),
        stats.complete());
  }

  /** What has to differ for the numbers to be told again: time passes by itself. */
  public LiveStats withoutTime() {
    return new LiveStats(
        Instant.EPOCH,
        0,
        byStatus,
        parkedByReason,
        paused,
        inDoubt,
        openTasks,
        deadLetters24h,
        started,
        ended,
        complete);
  }
}
