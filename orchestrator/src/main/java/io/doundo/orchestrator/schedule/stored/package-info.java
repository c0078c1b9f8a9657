/**
 * Schedules as JSON: their definitions, their states, what they are told, and how they are named.
 * Depends on {@code schedule}, {@code definition} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.schedule.stored;

import org.jspecify.annotations.NullMarked;
