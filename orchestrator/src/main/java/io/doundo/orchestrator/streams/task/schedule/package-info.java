/**
 * The schedules of one partition at work: their states in the flows store, what they are told, and
 * the starts that they send. Knows nothing of the flows of the task. Depends on {@code schedule},
 * {@code evaluation}, {@code streams.record} and {@code streams.state}.
 */
@NullMarked
package io.doundo.orchestrator.streams.task.schedule;

import org.jspecify.annotations.NullMarked;
