/**
 * Reads from outside the tasks: single flows from the live stores and the archive, definitions from
 * the global store, and the engine's own records for read models. Depends on {@code streams.state}
 * and {@code streams.record}; never on a task.
 */
@NullMarked
package io.doundo.orchestrator.streams.read;

import org.jspecify.annotations.NullMarked;
