package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.index.ErrorGroup;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.index.StepRow;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Adds up the flows of one group of errors. Not thread-safe. */
@SuppressWarnings("EnumOrdinal") // Counted in arrays within one release; nothing is stored.
final class IncidentTally {

  private static final int PARTS = 24;
  private static final int MOST_WORKERS = 5;
  private static final ParkReason[] REASONS = ParkReason.values();

  private final long from;
  private final long to;
  private final int[] spark = new int[PARTS];
  private final long[] byReason = new long[REASONS.length];
  private final Set<String> workers = new TreeSet<>();
  private final Set<String> versions = new TreeSet<>();
  private long flows;
  private long parked;
  private long open;
  private long firstSeen = Long.MAX_VALUE;
  private long lastSeen;
  private String sample = "";
  private boolean sampleIsParked;
  private long sampleAt;

  /**
   * The window, ms since the epoch.
   *
   * @param from inclusive
   * @param to exclusive
   */
  IncidentTally(long from, long to) {
    this.from = from;
    this.to = to;
  }

  void add(RowCursor row) {
    long at = row.errorAt();
    FlowStatus status = row.status();
    boolean isParked = status == FlowStatus.PARKED;
    flows++;
    open += status.isTerminal() ? 0 : 1;
    if (isParked) {
      parked++;
      ParkReason reason = row.parkReason();
      if (reason != null) {
        byReason[reason.ordinal()]++;
      }
    }
    firstSeen = Math.min(firstSeen, at);
    lastSeen = Math.max(lastSeen, at);
    if (at >= from && at < to) {
      spark[(int) ((at - from) * PARTS / (to - from))]++;
    }
    if ((isParked && !sampleIsParked) || (isParked == sampleIsParked && at >= sampleAt)) {
      sample = row.flowId();
      sampleIsParked = isParked;
      sampleAt = at;
    }
    addWorkers(row);
  }

  private void addWorkers(RowCursor row) {
    int steps = row.steps();
    for (int i = 0; i < steps; i++) {
      row.nextStep();
      if (StepRow.isOpenOrFailed(row.stepStatus()) || row.stepStatus() == StepStatus.GIVEN_UP) {
        add(workers, row.stepWorker());
        add(versions, row.stepVersion());
      }
    }
  }

  private static void add(Set<String> few, @Nullable String name) {
    if (name != null && few.size() < MOST_WORKERS) {
      few.add(name);
    }
  }

  private @Nullable ParkReason reason() {
    ParkReason most = null;
    for (ParkReason reason : REASONS) {
      long count = byReason[reason.ordinal()];
      if (count > 0 && (most == null || count > byReason[most.ordinal()])) {
        most = reason;
      }
    }
    return most;
  }

  Incident incident(ErrorGroup group) {
    List<Integer> parts = Arrays.stream(spark).boxed().toList();
    return new Incident(
        group.fingerprint(),
        group.orchestration(),
        group.step(),
        group.action(),
        group.kind(),
        group.template(),
        reason(),
        flows,
        parked,
        open,
        Instant.ofEpochMilli(firstSeen),
        Instant.ofEpochMilli(lastSeen),
        parts,
        Incident.Trend.of(parts),
        sample,
        List.copyOf(workers),
        List.copyOf(versions));
  }
}
