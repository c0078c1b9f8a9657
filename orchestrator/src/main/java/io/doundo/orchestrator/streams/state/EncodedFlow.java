package io.doundo.orchestrator.streams.state;

import org.jspecify.annotations.Nullable;

/**
 * A live flow as it is stored.
 *
 * @param bytes the value; not written any more
 * @param flow the very flow that the value is decoded to; null when that differs from the flow it
 *     was made of, because a text cannot be stored as it is
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
public record EncodedFlow(byte[] bytes, @Nullable StoredFlow flow) {}
