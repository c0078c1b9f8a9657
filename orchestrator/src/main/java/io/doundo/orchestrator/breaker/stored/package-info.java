/**
 * Breakers, their states and their messages as they are stored and sent. Depends on {@code breaker}
 * and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.breaker.stored;

import org.jspecify.annotations.NullMarked;
