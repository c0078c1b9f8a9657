package io.doundo.plans.merge;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A field that differs between two versions of a plan.
 *
 * @param path of the field, as {@code coverage[medical].benefit}
 * @param before null when the field is new
 * @param after null when the field is gone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Change(String path, @Nullable JsonNode before, @Nullable JsonNode after) {}
