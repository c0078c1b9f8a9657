/**
 * Circuit breakers over REST. Depends on {@code api}, {@code api.request}, {@code query.breaker},
 * {@code breaker}, {@code definition} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.api.breaker;

import org.jspecify.annotations.NullMarked;
