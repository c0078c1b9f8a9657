package io.doundo.orchestrator.api.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.orchestrator.api.dashboard.DashboardWords.Registered;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.OrchestrationView.OrchestrationStepView;
import io.doundo.orchestrator.query.definition.OrchestrationView.VersionView;
import io.doundo.orchestrator.query.definition.RefusedRegistrations.Refusal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An orchestration by its name: its newest version, or only the refusal of a registration.
 *
 * @param view null when no registration of it was ever accepted
 * @param refusal of its last registration; null when that was accepted
 */
record RegisteredOrchestration(
    String name, @Nullable OrchestrationView view, @Nullable Refusal refusal) {

  /** The orders of a list, by the parameter {@code sortBy} in lower case. */
  static final Map<String, Comparator<RegisteredOrchestration>> ORDERS =
      Map.of(
          "lastupdated", Comparator.comparing(RegisteredOrchestration::updatedAt),
          "registeredat", Comparator.comparing(RegisteredOrchestration::updatedAt),
          "createdat", Comparator.comparing(RegisteredOrchestration::createdAt),
          "id", Comparator.comparing(RegisteredOrchestration::name),
          "orchname", Comparator.comparing(RegisteredOrchestration::name),
          "type", Comparator.comparing(RegisteredOrchestration::typeText),
          "status", Comparator.comparing(one -> one.status().name()),
          "initiatorname", Comparator.comparing(RegisteredOrchestration::initiatorText));

  /**
   * An orchestration in a list.
   *
   * @param id its name, which is unique
   * @param registeredWorkersCount how many of its steps a service has declared to serve
   * @param totalWorkersExpected how many of its steps need a worker
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Row(
      String id,
      String orchName,
      @Nullable String type,
      String status,
      @Nullable String initiatorName,
      int registeredWorkersCount,
      int totalWorkersExpected,
      @Nullable String lastUpdated) {}

  /** An orchestration with its steps. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Detail(
      String orchName,
      @Nullable String type,
      String status,
      @Nullable String initiator,
      @Nullable String createdAt,
      List<RegisteredStep> steps) {}

  /**
   * A step.
   *
   * @param registeredBy the services that have declared to serve it, separated by commas
   * @param failureReason always null: a refusal is about a document, not about a step
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record RegisteredStep(
      int seq,
      String name,
      @Nullable String objectType,
      @Nullable String registeredBy,
      String status,
      @Nullable String failureReason) {}

  Registered status() {
    if (refusal != null) {
      return Registered.FAILED;
    }
    return view == null || view.unservedSteps().isEmpty() ? Registered.SUCCESS : Registered.PENDING;
  }

  /** When its newest version was registered, or its last registration refused. */
  Instant updatedAt() {
    Instant registered = view == null ? Instant.EPOCH : view.registeredAt();
    return refusal == null || refusal.at().isBefore(registered) ? registered : refusal.at();
  }

  private Instant createdAt() {
    return Optional.ofNullable(view)
        .flatMap(
            known ->
                known.versions().stream().map(VersionView::registeredAt).min(Instant::compareTo))
        .orElseGet(this::updatedAt);
  }

  /** Null when it is not known. */
  @Nullable String type() {
    return view == null ? null : view.type().name();
  }

  private String typeText() {
    String type = type();
    return type == null ? "" : type;
  }

  private String initiatorText() {
    String initiator = view == null ? null : view.initiator();
    return initiator == null ? "" : initiator;
  }

  private long expected() {
    return view == null ? 0 : view.allSteps().filter(RegisteredOrchestration::needsWorker).count();
  }

  private static boolean needsWorker(OrchestrationStepView step) {
    return step.doTopic() != null;
  }

  Row row(DashboardTimes times) {
    int expected = (int) expected();
    int unserved = view == null ? 0 : view.unservedSteps().size();
    return new Row(
        name,
        name,
        type(),
        status().name(),
        view == null ? null : view.initiator(),
        expected - unserved,
        expected,
        times.shown(updatedAt()));
  }

  Detail detail(DashboardTimes times) {
    return new Detail(
        name,
        type(),
        status().name(),
        view == null ? null : view.initiator(),
        times.shown(createdAt()),
        view == null ? List.of() : view.allSteps().map(RegisteredOrchestration::step).toList());
  }

  private static RegisteredStep step(OrchestrationStepView step) {
    boolean isServed = !needsWorker(step) || !step.servedBy().isEmpty();
    return new RegisteredStep(
        step.seq(),
        step.name(),
        step.objectType(),
        step.servedBy().isEmpty() ? null : String.join(", ", step.servedBy()),
        (isServed ? Registered.SUCCESS : Registered.PENDING).name(),
        null);
  }
}
