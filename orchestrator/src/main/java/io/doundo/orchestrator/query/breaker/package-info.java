/**
 * Reads the states of breakers, which the engine writes to a topic of their own. Depends on {@code
 * query} and {@code breaker}.
 */
@NullMarked
package io.doundo.orchestrator.query.breaker;

import org.jspecify.annotations.NullMarked;
