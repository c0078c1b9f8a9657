/**
 * Schedules: a pure function from definition, state and event to the next state and what follows.
 * Time arrives in the event. Depends on {@code definition}, the JDK, the cron parser and a word of
 * {@code protocol} only.
 */
@NullMarked
package io.doundo.orchestrator.schedule;

import org.jspecify.annotations.NullMarked;
