package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.Names;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What flows must be like to be found; what is null or empty does not matter. Immutable.
 *
 * @param version of the definition, among those of its name
 * @param step name of a step at which the flow is, or at which it failed; with {@code stepStatus},
 *     one that has this status
 * @param stepStatus of that step, or of any
 * @param fingerprint of the group of its error
 * @param error part of the error of any of its steps, or of the reason it stopped for
 * @param key the whole search value
 * @param idPrefix how its flowId begins
 * @param search part of the flowId or of the search value
 * @param worker the service that answered that step, or any, last
 * @param workerVersion the version that this service gave
 * @param job the id of the bulk job whose flows they are
 * @param parent the flowId of the flow whose parts they are
 * @param parts whether parts of other flows are found; those that are parked always are
 */
public record FlowCriteria(
    Set<FlowStatus> statuses,
    Set<ParkReason> parkReasons,
    @Nullable String orchestration,
    @Nullable Integer version,
    @Nullable String step,
    @Nullable StepStatus stepStatus,
    @Nullable String fingerprint,
    @Nullable String error,
    @Nullable String key,
    @Nullable String idPrefix,
    @Nullable String search,
    @Nullable String worker,
    @Nullable String workerVersion,
    @Nullable String job,
    TimeRange started,
    TimeRange ended,
    TimeRange updated,
    @Nullable Boolean paused,
    @Nullable Boolean inDoubt,
    @Nullable Boolean leftStanding,
    @Nullable String parent,
    boolean parts) {

  /** Every flow. */
  public static final FlowCriteria NONE =
      new FlowCriteria(
          Set.of(),
          Set.of(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          TimeRange.ANY,
          TimeRange.ANY,
          TimeRange.ANY,
          null,
          null,
          null,
          null,
          true);

  /** Every flow that stands alone, and every part that somebody has to act on. */
  public static final FlowCriteria WITHOUT_PARTS = of(null, Set.of(), null, TimeRange.ANY);

  public FlowCriteria {
    statuses = Set.copyOf(statuses);
    parkReasons = Set.copyOf(parkReasons);
  }

  /**
   * A time, from the first (inclusive) to the second (exclusive); null for no bound.
   *
   * @param from inclusive
   * @param to exclusive
   */
  public record TimeRange(@Nullable Instant from, @Nullable Instant to) {

    public static final TimeRange ANY = new TimeRange(null, null);

    /** Whether a time, in ms since the epoch, is within; 0 is no time, and only within any. */
    boolean has(long at) {
      return this.equals(ANY)
          || (at > 0
              && (from == null || at >= from.toEpochMilli())
              && (to == null || at < to.toEpochMilli()));
    }
  }

  /**
   * Flows of an orchestration that are no parts.
   *
   * @param orchestration null for those of all
   * @param stepStatus of one of their steps; null for any
   */
  public static FlowCriteria of(
      @Nullable String orchestration,
      Set<FlowStatus> statuses,
      @Nullable StepStatus stepStatus,
      TimeRange started) {
    return new CriteriaBuilder()
        .orchestration(orchestration)
        .statuses(statuses)
        .stepStatus(stepStatus)
        .started(started)
        .withoutParts()
        .build();
  }

  /**
   * The parts of a flow, at any depth, that do not go on before an operator acts: those that are
   * parked, or those that are paused by themselves.
   */
  static FlowCriteria heldUpBelow(String flowId, boolean parked) {
    CriteriaBuilder below = new CriteriaBuilder().idPrefix(flowId + Names.PART_SEPARATOR);
    return (parked ? below.status(FlowStatus.PARKED) : below.paused(true)).build();
  }

  /** The flows in one of these statuses. */
  public static FlowCriteria in(Set<FlowStatus> statuses) {
    return NONE.withStatuses(statuses);
  }

  /** The same, but in one of these statuses. */
  public FlowCriteria withStatuses(Set<FlowStatus> others) {
    return new CriteriaBuilder(this).statuses(others).build();
  }

  /** The same, but with an error of this group. */
  public FlowCriteria withFingerprint(String other) {
    return new CriteriaBuilder(this).fingerprint(other).build();
  }
}
