/**
 * What the data plane counts, added to the meters once the transaction that it belongs to is
 * committed. Depends on {@code core} with its {@code event}, {@code effect} and {@code state}, on
 * {@code definition}, {@code schedule} and {@code streams.record}; knows nothing of a task's work.
 */
@NullMarked
package io.doundo.orchestrator.streams.task.meter;

import org.jspecify.annotations.NullMarked;
