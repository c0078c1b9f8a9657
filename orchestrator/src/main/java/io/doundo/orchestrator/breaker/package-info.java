/**
 * Circuit breakers: a pure function from state and event to the next state and what is told of it.
 * Time arrives in the event. Depends on the JDK only.
 */
@NullMarked
package io.doundo.orchestrator.breaker;

import org.jspecify.annotations.NullMarked;
