package io.doundo.orchestrator.query.index;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many flows there are of each kind. Each is counted with every criterion but its own, so that
 * the others can be chosen from; the most frequent come first.
 *
 * @param step by the name of a step at which they are, or failed
 */
public record FlowFacets(
    @Nullable Map<String, Long> status,
    @Nullable Map<String, Long> orchestration,
    @Nullable Map<String, Long> step,
    @Nullable List<GroupCount> fingerprint) {

  /** How many flows have an error of a group. */
  public record GroupCount(String id, String template, long count) {}
}
