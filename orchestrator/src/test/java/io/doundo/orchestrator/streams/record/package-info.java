/** Tests of the engine's records. */
@NullMarked
package io.doundo.orchestrator.streams.record;

import org.jspecify.annotations.NullMarked;
