/** Tests of what is shown of breakers. */
@NullMarked
package io.doundo.orchestrator.query.breaker;

import org.jspecify.annotations.NullMarked;
