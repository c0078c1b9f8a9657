package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Criteria by their names, for tests. */
final class CriteriaBuilder {

  private Set<FlowStatus> statuses = Set.of();
  private @Nullable String orchestration;
  private @Nullable Integer version;
  private @Nullable String step;
  private @Nullable StepStatus stepStatus;
  private @Nullable String fingerprint;
  private @Nullable String error;
  private @Nullable String key;
  private @Nullable String idPrefix;
  private @Nullable String parent;
  private boolean parts = true;
  private @Nullable String search;
  private @Nullable String worker;
  private @Nullable String workerVersion;
  private @Nullable String job;
  private TimeRange started = TimeRange.ANY;
  private TimeRange ended = TimeRange.ANY;
  private TimeRange updated = TimeRange.ANY;
  private @Nullable Boolean paused;
  private @Nullable Boolean inDoubt;
  private @Nullable Boolean leftStanding;

  CriteriaBuilder status(FlowStatus... wanted) {
    statuses = Set.of(wanted);
    return this;
  }

  CriteriaBuilder orchestration(String wanted) {
    orchestration = wanted;
    return this;
  }

  CriteriaBuilder version(Integer wanted) {
    version = wanted;
    return this;
  }

  CriteriaBuilder step(String wanted) {
    step = wanted;
    return this;
  }

  CriteriaBuilder stepStatus(StepStatus wanted) {
    stepStatus = wanted;
    return this;
  }

  CriteriaBuilder fingerprint(String wanted) {
    fingerprint = wanted;
    return this;
  }

  CriteriaBuilder error(String wanted) {
    error = wanted;
    return this;
  }

  CriteriaBuilder key(String wanted) {
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

  CriteriaBuilder search(String wanted) {
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

  CriteriaBuilder started(TimeRange wanted) {
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

  CriteriaBuilder paused(boolean wanted) {
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

  FlowCriteria build() {
    return new FlowCriteria(
        statuses,
        Set.of(),
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
