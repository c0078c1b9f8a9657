package io.doundo.plans.merge;

import com.fasterxml.jackson.annotation.JsonValue;
import io.doundo.plans.json.PlanJson;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A draft beside what is published now.
 *
 * @param type how they differ in their versions
 * @param current what is published now; empty when nothing is
 * @param plan both changes together; meaningful only without conflicts
 * @param conflicts what a person has to decide
 * @param unused the paths of resolutions for which there is no conflict
 */
public record Comparison(
    Type type, ObjectNode current, ObjectNode plan, List<Conflict> conflicts, Set<String> unused) {

  /** The path of the only conflict with a plan that was deleted. */
  public static final String WHOLE_PLAN = "(plan)";

  /** How the version that a draft began with and the published one differ. */
  public enum Type {
    NONE,
    /** Somebody has published another version since. */
    VERSION_MISMATCH,
    /** Somebody has deleted the plan since. */
    DELETED,
    /** Somebody has published a plan where there was none. */
    ALREADY_EXISTS;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Comparison {
    conflicts = List.copyOf(conflicts);
    unused = Set.copyOf(unused);
  }

  /**
   * Compares, and merges what can be merged.
   *
   * @param baseVersion that the draft began with; null when there was none
   * @param base that version's content, or empty
   * @param currentVersion that is published; null when none is
   * @param current that version's content; null when none is
   */
  public static Comparison of(
      @Nullable String baseVersion,
      ObjectNode base,
      ObjectNode draft,
      @Nullable String currentVersion,
      @Nullable ObjectNode current,
      Collection<Resolution> resolutions) {
    if (currentVersion == null || current == null) {
      if (baseVersion == null) {
        return new Comparison(Type.NONE, PlanJson.object(), draft, List.of(), Set.of());
      }
      return new Comparison(
          Type.DELETED,
          PlanJson.object(),
          draft,
          List.of(new Conflict(WHOLE_PLAN, base, draft, null)),
          Set.of());
    }
    if (currentVersion.equals(baseVersion)) {
      return new Comparison(Type.NONE, current, draft, List.of(), Set.of());
    }
    MergeResult merged = ThreeWayMerge.of(base, draft, current, resolutions);
    return new Comparison(
        baseVersion == null ? Type.ALREADY_EXISTS : Type.VERSION_MISMATCH,
        current,
        merged.plan(),
        merged.conflicts(),
        merged.unused());
  }

  public boolean isClean() {
    return conflicts.isEmpty();
  }
}
