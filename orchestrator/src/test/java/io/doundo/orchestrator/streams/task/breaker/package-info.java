/** Tests of the breakers of one task. */
@NullMarked
package io.doundo.orchestrator.streams.task.breaker;

import org.jspecify.annotations.NullMarked;
