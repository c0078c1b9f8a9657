/** Circuit breakers: reading their states, their meters, and the beans that REST needs. */
@NullMarked
package io.doundo.orchestrator.app.breaker;

import org.jspecify.annotations.NullMarked;
