/**
 * The breakers of one partition at work: those it owns, with their states in the flows store, and
 * those its steps stand behind, with what it holds for them. Depends on {@code breaker}, {@code
 * streams.record} and {@code streams.state}.
 */
@NullMarked
package io.doundo.orchestrator.streams.task.breaker;

import org.jspecify.annotations.NullMarked;
