/** Tests of the reads of dead letters. */
@NullMarked
package io.doundo.orchestrator.query.deadletter;

import org.jspecify.annotations.NullMarked;
