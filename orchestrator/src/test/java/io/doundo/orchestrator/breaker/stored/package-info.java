/** Tests of the stored form of breakers. */
@NullMarked
package io.doundo.orchestrator.breaker.stored;

import org.jspecify.annotations.NullMarked;
