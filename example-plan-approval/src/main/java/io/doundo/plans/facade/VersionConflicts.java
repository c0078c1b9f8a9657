package io.doundo.plans.facade;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.merge.Comparison;
import io.doundo.plans.merge.Conflict;
import io.doundo.plans.merge.Resolution;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Compares drafts with what is published, and counts the conflicts by their types. */
@Component
class VersionConflicts {

  /**
   * A draft beside what is published.
   *
   * @param current nothing when nothing is published
   */
  record Compared(Optional<PublishedPlan> current, Comparison comparison) {

    @Nullable String currentVersion() {
      return current.map(PublishedPlan::version).orElse(null);
    }
  }

  private final Dependencies dependencies;
  private final MeterRegistry meters;

  VersionConflicts(Dependencies dependencies, MeterRegistry meters) {
    this.dependencies = dependencies;
    this.meters = meters;
  }

  Compared compare(Draft draft, Collection<Resolution> resolutions) {
    Optional<PublishedPlan> current =
        dependencies.plans("find", plans -> plans.find(draft.planId()));
    return new Compared(
        current,
        Comparison.of(
            draft.baseVersion(),
            draft.baseOrEmpty(),
            draft.data(),
            current.map(PublishedPlan::version).orElse(null),
            current.map(PublishedPlan::plan).orElse(null),
            resolutions));
  }

  /**
   * Counts a conflict.
   *
   * @param found where it was found: {@code submit} or {@code approval}
   */
  void count(Comparison.Type type, String found) {
    meters.counter("plan.version.conflicts", "type", type.word(), "found", found).increment();
  }

  /** The conflict of a submission: the draft is on another version than the published one. */
  static Problem atSubmit(Draft draft, Compared compared) {
    Comparison.Type type = compared.comparison().type();
    String word =
        type == Comparison.Type.VERSION_MISMATCH ? "concurrent_modification" : type.word();
    return new Problem(
        Problem.Kind.VERSION_CONFLICT,
        "plan %s was changed by somebody else since this draft was begun: resubmit the draft"
            .formatted(draft.planId()),
        versions(word, draft.baseVersion(), compared.currentVersion(), null),
        null);
  }

  /** What a person has to decide before the draft can be submitted. */
  static Problem mergeRequired(
      String type,
      @Nullable String draftVersion,
      @Nullable String currentVersion,
      List<Conflict> conflicts) {
    String paths = String.join(", ", conflicts.stream().map(Conflict::path).toList());
    return new Problem(
        Problem.Kind.MANUAL_MERGE_REQUIRED,
        "both changes concern %s: decide each of them, or withdraw the draft".formatted(paths),
        versions(type, draftVersion, currentVersion, conflicts),
        null);
  }

  static Map<String, Object> versions(
      String type,
      @Nullable String draftVersion,
      @Nullable String currentVersion,
      @Nullable List<Conflict> conflicts) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("conflictType", type);
    if (draftVersion != null) {
      data.put("draftVersion", draftVersion);
    }
    if (currentVersion != null) {
      data.put("currentVersion", currentVersion);
    }
    if (conflicts != null) {
      data.put("conflicts", conflicts);
    }
    return data;
  }
}
