/**
 * Breakers, their states, their messages and the figures that orchestrations declare, as they are
 * stored and sent. Depends on {@code breaker}, {@code definition} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.breaker.stored;

import org.jspecify.annotations.NullMarked;
