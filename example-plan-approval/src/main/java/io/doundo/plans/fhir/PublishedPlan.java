package io.doundo.plans.fhir;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One version of a plan in the FHIR store.
 *
 * @param plan the plan's own fields, labels in its meta included, without id and type; null when
 *     this version is its deletion
 * @param source who wrote it, as {@code meta.source}; null when it does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PublishedPlan(
    String planId,
    String version,
    @Nullable String lastUpdated,
    @Nullable String source,
    @Nullable ObjectNode plan) {

  public boolean deleted() {
    return plan == null;
  }
}
