package io.doundo.worker.binding;

import org.jspecify.annotations.Nullable;

/**
 * What a registration document says about who serves a step.
 *
 * @param document where it stands, for problems
 * @param handlerClass a class name, simple or full, or the name of a bean; null when the document
 *     names no handler
 */
public record BoundStep(
    String document,
    StepKey key,
    boolean sharedTopic,
    @Nullable String handlerClass,
    @Nullable String doMethod,
    @Nullable String undoMethod) {}
