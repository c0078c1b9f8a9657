package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.index.ErrorGroup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.tail.FlowIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Groups the flows of the index by the cause of their errors. Flows that completed after all are in
 * no group. Thread-safe.
 */
public final class IncidentSearch {

  private static final int SHOWN_FLOWS = 20;

  private final FlowSearch search;
  private final FlowColumns columns;
  private final Supplier<FlowIndex.State> state;

  IncidentSearch(FlowSearch search, FlowColumns columns, Supplier<FlowIndex.State> state) {
    this.search = search;
    this.columns = columns;
    this.state = state;
  }

  /**
   * The groups, those with the most parked flows first.
   *
   * @param unexplained the number of parked flows without any error, which are in no group
   * @param window over which ended flows count, as {@code PT24H}
   * @param lastIncidentAt when the last error came that is known, whether or not in the window
   * @param asOf everything committed until then is in it
   * @param lagMs how long ago that was
   * @param reachesBackTo every flow that started since then is in it
   * @param complete false when flows may be missing; {@code note} says why
   */
  public record Incidents(
      List<Incident> incidents,
      long unexplained,
      String window,
      @Nullable Instant lastIncidentAt,
      Instant asOf,
      long lagMs,
      Instant reachesBackTo,
      boolean complete,
      @Nullable String note) {}

  /**
   * One group.
   *
   * @param flows some of its flows, those that changed last first
   */
  public record IncidentDetail(
      Incident incident,
      List<FlowSummary> flows,
      Instant asOf,
      long lagMs,
      Instant reachesBackTo,
      boolean complete,
      @Nullable String note) {}

  /**
   * The groups of errors.
   *
   * @param orchestration null for all
   * @param step null for all
   * @param now ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public Incidents find(
      Duration window, @Nullable String orchestration, @Nullable String step, int limit, long now) {
    return search.alone(
        () -> {
          FlowIndex.State before = state.get();
          Scan scan = new Scan(window, orchestration, step, null, now);
          columns.forEach(scan::add);
          FlowIndex.State known = before.until(state.get());
          List<Incident> incidents = scan.incidents();
          return new Incidents(
              incidents.size() > limit ? incidents.subList(0, limit) : incidents,
              scan.unexplained,
              window.toString(),
              scan.lastErrorAt == 0 ? null : Instant.ofEpochMilli(scan.lastErrorAt),
              Instant.ofEpochMilli(known.asOf()),
              known.lagMs(),
              Instant.ofEpochMilli(known.reachesBackTo()),
              known.complete(),
              known.note());
        });
  }

  /**
   * One group; empty when no flow is in it.
   *
   * @param now ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public Optional<IncidentDetail> one(String fingerprint, Duration window, long now) {
    Scan scan = new Scan(window, null, null, fingerprint, now);
    FlowIndex.State before = state.get();
    search.alone(
        () -> {
          columns.forEach(scan::add);
          return scan;
        });
    FlowIndex.State known = before.until(state.get());
    return scan.incidents().stream()
        .findFirst()
        .map(
            incident ->
                new IncidentDetail(
                    incident,
                    flows(fingerprint),
                    Instant.ofEpochMilli(known.asOf()),
                    known.lagMs(),
                    Instant.ofEpochMilli(known.reachesBackTo()),
                    known.complete(),
                    known.note()));
  }

  private List<FlowSummary> flows(String fingerprint) {
    return search
        .find(
            new FlowQuery(
                FlowCriteria.NONE.withFingerprint(fingerprint),
                FlowOrder.LAST_UPDATE_FIRST,
                SHOWN_FLOWS,
                null,
                false,
                Set.of(),
                null))
        .flows();
  }

  /** One pass over all rows. */
  private final class Scan {

    private final long from;
    private final long to;
    private final @Nullable String orchestration;
    private final @Nullable String step;
    private final @Nullable String fingerprint;
    private final Map<Integer, IncidentTally> tallies = new HashMap<>();
    private long unexplained;
    private long lastErrorAt;

    Scan(
        Duration window,
        @Nullable String orchestration,
        @Nullable String step,
        @Nullable String fingerprint,
        long now) {
      this.from = now + 1 - window.toMillis();
      this.to = now + 1;
      this.orchestration = orchestration;
      this.step = step;
      this.fingerprint = fingerprint;
    }

    void add(RowCursor row) {
      ErrorGroup group = row.errorGroup();
      if (group == null) {
        boolean isOf =
            orchestration == null || orchestration.equals(row.definition().orchestration());
        unexplained += isOf && row.status() == FlowStatus.PARKED ? 1 : 0;
        return;
      }
      if (row.status() == FlowStatus.COMPLETED || !isWanted(group)) {
        return;
      }
      long at = row.errorAt();
      lastErrorAt = Math.max(lastErrorAt, at);
      if (!row.status().isTerminal() || at >= from) {
        tallies
            .computeIfAbsent(row.errorGroupNumber(), unused -> new IncidentTally(from, to))
            .add(row);
      }
    }

    private boolean isWanted(ErrorGroup group) {
      return (fingerprint == null || fingerprint.equals(group.fingerprint()))
          && (orchestration == null || orchestration.equals(group.orchestration()))
          && (step == null || step.equals(group.step()));
    }

    List<Incident> incidents() {
      List<Incident> incidents = new ArrayList<>();
      tallies.forEach((number, tally) -> incidents.add(tally.incident(columns.errorGroup(number))));
      incidents.sort(
          Comparator.comparingLong(Incident::parked)
              .thenComparingLong(Incident::open)
              .thenComparingLong(Incident::flows)
              .reversed()
              .thenComparing(Incident::fingerprint));
      return incidents;
    }
  }
}
