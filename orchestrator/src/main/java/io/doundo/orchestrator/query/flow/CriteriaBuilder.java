package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes criteria by their names; what is not named stays as it was. Not thread-safe. */
public final class CriteriaBuilder {

  private Set<FlowStatus> statuses;
  private Set<ParkReason> parkReasons;
  private @Nullable String orchestration;
  private @Nullable Integer version;
  private @Nullable String step;
  private @Nullable StepStatus stepStatus;
  private @Nullable String fingerprint;
  private @Nullable String error;
  private @Nullable String key;
  private @Nullable String idPrefix;
  private @Nullable String search;
  private @Nullable String worker;
  private @Nullable String workerVersion;
  private @Nullable String job;
  private TimeRange started;
  private TimeRange ended;
  private TimeRange updated;
  private @Nullable Boolean paused;
  private @Nullable Boolean inDoubt;
  private @Nullable Boolean leftStanding;
  private @Nullable String parent;
  private boolean parts;

  /** Criteria for every flow. */
  public CriteriaBuilder() {
    this(FlowCriteria.NONE);
  }

  /** The same criteria, to be changed. */
  CriteriaBuilder(FlowCriteria like) {
    statuses = like.statuses();
    parkReasons = like.parkReasons();
    orchestration = like.orchestration();
    version = like.version();
    step = like.step();
    stepStatus = like.stepStatus();
    fingerprint = like.fingerprint();
    error = like.error();
    key = like.key();
    idPrefix = like.idPrefix();
    search = like.search();
    worker = like.worker();
    workerVersion = like.workerVersion();
    job = like.job();
    started = like.started();
    ended = like.ended();
    updated = like.updated();
    paused = like.paused();
    inDoubt = like.inDoubt();
    leftStanding = like.leftStanding();
    parent = like.parent();
    parts = like.parts();
  }

  CriteriaBuilder status(FlowStatus... wanted) {
    return statuses(Set.of(wanted));
  }

  CriteriaBuilder statuses(Set<FlowStatus> wanted) {
    statuses = wanted;
    return this;
  }

  public CriteriaBuilder orchestration(@Nullable String wanted) {
    orchestration = wanted;
    return this;
  }

  CriteriaBuilder version(Integer wanted) {
    version = wanted;
    return this;
  }

  public CriteriaBuilder step(@Nullable String wanted) {
    step = wanted;
    return this;
  }

  public CriteriaBuilder stepStatus(@Nullable StepStatus wanted) {
    stepStatus = wanted;
    return this;
  }

  CriteriaBuilder fingerprint(String wanted) {
    fingerprint = wanted;
    return this;
  }

  public CriteriaBuilder error(@Nullable String wanted) {
    error = wanted;
    return this;
  }

  public CriteriaBuilder key(@Nullable String wanted) {
    key = wanted;
    return this;
  }

  CriteriaBuilder idPrefix(String wanted) {
    idPrefix = wanted;
    return this;
  }

  CriteriaBuilder parent(String wanted) {
    parent = wanted;
    return this;
  }

  CriteriaBuilder withoutParts() {
    parts = false;
    return this;
  }

  public CriteriaBuilder search(@Nullable String wanted) {
    search = wanted;
    return this;
  }

  CriteriaBuilder worker(String wanted) {
    worker = wanted;
    return this;
  }

  CriteriaBuilder workerVersion(String wanted) {
    workerVersion = wanted;
    return this;
  }

  CriteriaBuilder job(String wanted) {
    job = wanted;
    return this;
  }

  public CriteriaBuilder started(TimeRange wanted) {
    started = wanted;
    return this;
  }

  CriteriaBuilder ended(TimeRange wanted) {
    ended = wanted;
    return this;
  }

  CriteriaBuilder updated(TimeRange wanted) {
    updated = wanted;
    return this;
  }

  CriteriaBuilder paused(@Nullable Boolean wanted) {
    paused = wanted;
    return this;
  }

  CriteriaBuilder inDoubt(boolean wanted) {
    inDoubt = wanted;
    return this;
  }

  CriteriaBuilder leftStanding(boolean wanted) {
    leftStanding = wanted;
    return this;
  }

  public FlowCriteria build() {
    return new FlowCriteria(
        statuses,
        parkReasons,
        orchestration,
        version,
        step,
        stepStatus,
        fingerprint,
        error,
        key,
        idPrefix,
        search,
        worker,
        workerVersion,
        job,
        started,
        ended,
        updated,
        paused,
        inDoubt,
        leftStanding,
        parent,
        parts);
  }
}
