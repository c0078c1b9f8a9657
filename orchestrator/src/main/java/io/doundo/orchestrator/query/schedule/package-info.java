/**
 * Reads the states of schedules, which the engine writes to a topic of their own. Depends on {@code
 * query}, {@code schedule} and {@code definition}.
 */
@NullMarked
package io.doundo.orchestrator.query.schedule;

import org.jspecify.annotations.NullMarked;
