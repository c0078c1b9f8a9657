package io.doundo.worker.binding;

import org.jspecify.annotations.Nullable;

/** One parameter of a handler. */
@FunctionalInterface
interface Parameter {

  @Nullable Object bind(HandlerCall call) throws UnreadablePayloadException, NoResultException;
}
