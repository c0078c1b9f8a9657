package io.doundo.plans.merge;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of a draft and the published plan.
 *
 * @param plan both changes together; meaningful only without conflicts
 * @param conflicts the fields that a person has to decide
 * @param unused the paths of resolutions for which there is no conflict
 */
public record MergeResult(ObjectNode plan, List<Conflict> conflicts, Set<String> unused) {

  public MergeResult {
    conflicts = List.copyOf(conflicts);
    unused = Set.copyOf(unused);
  }

  public boolean isClean() {
    return conflicts.isEmpty();
  }
}
