package io.doundo.plans.merge;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A field that the draft and somebody else have changed to different values.
 *
 * @param path of the field, as {@code coverage[medical].benefit}
 * @param base before either change; null when the field was not there
 * @param draft null when the draft has removed it
 * @param current what is published now; null when it was removed there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Conflict(
    String path, @Nullable JsonNode base, @Nullable JsonNode draft, @Nullable JsonNode current) {}
